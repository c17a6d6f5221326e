//! Names as people of six languages have them.

use super::household::Household;
use super::random::Random;
use bitewing_core::Language;

/// The names of a language.
pub(super) struct Names {
    language: Language,
    female: &'static str,
    male: &'static str,
    family: &'static str,
    /// How a second part is put behind a family name; none where nobody has two.
    joined: Option<&'static str>,
}

impl Names {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &EN,
            Language::Fr => &FR,
            Language::It => &IT,
            Language::Pt => &PT,
            Language::Es => &ES,
            Language::Ru => &RU,
        }
    }

    pub(super) fn given(&self, female: bool, random: &mut Random) -> &'static str {
        pick(if female { self.female } else { self.male }, random)
    }

    /// The name of the family, as a man or a woman has it.
    pub(super) fn family(&self, home: &Household, female: bool) -> String {
        let mut random = Random::of(home.name, "family", 0);
        let name = pick(self.family, &mut random);
        if self.language == Language::Ru {
            return feminine(name, female);
        }
        match self.joined {
            Some(between) if random.below(3) > 0 => {
                format!("{name}{between}{}", pick(self.family, &mut random))
            }
            _ => name.to_owned(),
        }
    }

    /// The name after the father; empty where nobody has one.
    pub(super) fn patronymic(&self, female: bool, random: &mut Random) -> String {
        if self.language != Language::Ru {
            return String::new();
        }
        let (hers, his) = *random.pick(&PATRONYMICS);
        if female { hers } else { his }.to_owned()
    }
}

fn pick(names: &'static str, random: &mut Random) -> &'static str {
    let count = names.split_whitespace().count() as u64;
    let place = random.below(count) as usize;
    names
        .split_whitespace()
        .nth(place)
        .expect("the place is one of those counted")
}

fn feminine(name: &str, female: bool) -> String {
    match name.strip_suffix("ский") {
        Some(root) if female => format!("{root}ская"),
        None if female => format!("{name}а"),
        _ => name.to_owned(),
    }
}

const PATRONYMICS: [(&str, &str); 12] = [
    ("Ивановна", "Иванович"),
    ("Петровна", "Петрович"),
    ("Сергеевна", "Сергеевич"),
    ("Александровна", "Александрович"),
    ("Николаевна", "Николаевич"),
    ("Владимировна", "Владимирович"),
    ("Андреевна", "Андреевич"),
    ("Михайловна", "Михайлович"),
    ("Юрьевна", "Юрьевич"),
    ("Алексеевна", "Алексеевич"),
    ("Дмитриевна", "Дмитриевич"),
    ("Викторовна", "Викторович"),
];

const EN: Names = Names {
    language: Language::En,
    female: "Olivia Emma Charlotte Amelia Sophia Mia Evelyn Harper Abigail Emily Elizabeth Ella Grace Chloe Hannah \
             Nora Lily Alice Lucy Violet Stella Hazel Ruth Margaret Dorothy Joan Susan Karen Linda Patricia Jennifer \
             Sarah Jessica Laura Rebecca Rachel Megan Heather Nicole Diane",
    male: "Liam Noah Oliver James Elijah William Henry Lucas Benjamin Theodore Jack Levi Alexander Mason Ethan Daniel \
           Jacob Michael Logan Jackson Samuel David Joseph Owen Wyatt John Luke Matthew Thomas Charles George Robert \
           Richard Edward Paul Kevin Brian Gary Stephen Scott",
    family: "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson Thompson White Harris \
             Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall Campbell \
             Mitchell Carter Roberts Phillips Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers \
             Morgan Cooper Reed Bailey Bell O'Brien MacDonald Fraser Sinclair Ferguson",
    joined: None,
};

const FR: Names = Names {
    language: Language::Fr,
    female: "Léa Emma Florence Béatrice Alice Rosalie Juliette Charlotte Camille Chloé Zoé Inès Manon Élise Anaïs \
             Geneviève Hélène Françoise Nathalie Céline Mélanie Véronique Isabelle Sylvie Thérèse Marguerite Noémie \
             Audrey Stéphanie Marie-Ève Anne-Sophie Joséphine Lucie Margaux Océane Éloïse Aurélie Solène Agnès Colette",
    male: "Thomas William Léo Nathan Raphaël Félix Émile Louis Gabriel Édouard Antoine Olivier Étienne Benoît François \
           Jean-François Marc-André Sébastien Mathieu Jérôme Guillaume Frédéric Rémi Loïc Théo Hugo Gaëtan Réjean \
           Stéphane Pierre-Luc Yves Luc Gilles Normand André Michel Jacques Bernard Alain Cédric",
    family: "Tremblay Gagnon Roy Côté Bouchard Gauthier Morin Lavoie Fortin Gagné Ouellet Pelletier Bélanger Lévesque \
             Bergeron Leblanc Paquette Girard Simard Boucher Caron Beaulieu Cloutier Dubé Poirier Fournier Lapointe \
             Leclerc Lefebvre Poulin Thibault Nadeau Martel Martin Bernard Dubois Moreau Laurent Lemaire Rousseau \
             Blanchard Garnier Chevalier François Mercier Dupuis Renaud Hébert Desjardins L'Écuyer",
    joined: None,
};

const IT: Names = Names {
    language: Language::It,
    female: "Sofia Giulia Aurora Ginevra Alice Beatrice Emma Giorgia Vittoria Matilde Martina Chiara Anna Francesca \
             Sara Gaia Greta Elisa Camilla Noemi Arianna Elena Caterina Bianca Margherita Lucia Paola Silvia Roberta \
             Daniela Federica Ilaria Valentina Serena Alessia Ornella Graziella Niccolina Letizia Mariangela",
    male: "Leonardo Francesco Tommaso Edoardo Alessandro Lorenzo Mattia Gabriele Riccardo Andrea Diego Nicolò Matteo \
           Giuseppe Antonio Federico Pietro Samuele Giovanni Filippo Davide Michele Marco Luca Stefano Paolo Giorgio \
           Vincenzo Salvatore Enrico Alberto Claudio Dario Emanuele Fabio Giacomo Massimo Roberto Simone Umberto",
    family: "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa Giordano \
             Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini \
             Leone Longo Gentile Martinelli Vitale Lombardo Serra Coppola Marchetti Parisi Villa Conte Ferraro Ferri \
             Fabbri Bianco Marini Grasso Valentini Messina Sala Gatti D'Angelo Pellegrini Palumbo Sanna Farina",
    joined: None,
};

const PT: Names = Names {
    language: Language::Pt,
    female: "Maria Ana Helena Alice Laura Valentina Heloísa Manuela Júlia Luísa Lívia Giovanna Beatriz Mariana Sofia \
             Isabela Letícia Gabriela Fernanda Camila Amanda Larissa Patrícia Adriana Juliana Márcia Cláudia Vânia \
             Conceição Aparecida Inês Joana Matilde Leonor Carolina Débora Simone Tatiana Vitória Yara",
    male: "João Miguel Arthur Gael Heitor Davi Bernardo Gabriel Pedro Lucas Matheus Rafael Enzo Guilherme Nicolas \
           Lorenzo Gustavo Felipe Samuel Antônio Francisco José Carlos Paulo Luís Marcos Sérgio Fábio Rogério Cláudio \
           Márcio André Vinícius Caio Otávio Thiago Bruno Leandro Renato Nuno",
    family: "Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho \
             Almeida Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Andrade Moreira Nunes Marques Machado \
             Mendes Freitas Cardoso Ramos Gonçalves Santana Teixeira Araújo Cavalcanti Monteiro Moura Correia Pinto \
             Castro Campos Cunha Azevedo Guimarães Magalhães Assunção Queirós Brandão",
    joined: Some(" "),
};

const ES: Names = Names {
    language: Language::Es,
    female: "Lucía Sofía Martina María Julia Paula Valeria Emma Daniela Carla Alba Noa Alma Carmen Vega Lola Olivia \
             Sara Elena Inés Marta Ainhoa Begoña Concepción Dolores Esperanza Guadalupe Ximena Rocío Pilar Mercedes \
             Montserrat Nuria Raquel Silvia Teresa Verónica Yolanda Beatriz Ángela",
    male: "Hugo Martín Lucas Mateo Leo Daniel Alejandro Manuel Pablo Álvaro Adrián Enzo Mario Diego David Javier \
           Sergio Iván Jorge Raúl Rubén Óscar Andrés Joaquín Ramón Íñigo Gonzalo Jesús Ángel Tomás Nicolás Sebastián \
           Rafael Fernando Ricardo Eduardo Víctor Agustín Emilio Salvador",
    family: "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz \
             Moreno Muñoz Álvarez Romero Gutiérrez Alonso Navarro Torres Domínguez Ramos Vázquez Ramírez Gil Serrano \
             Morales Molina Suárez Castro Ortega Delgado Ortiz Marín Rubio Núñez Medina Iglesias Sanz Castillo Cortés \
             Garrido Santos Guerrero Lozano Cano Peña Ibáñez",
    joined: Some(" "),
};

const RU: Names = Names {
    language: Language::Ru,
    female: "Анна Мария Елена Ольга Наталья Екатерина Татьяна Ирина Светлана Юлия Анастасия Дарья Полина Алиса \
             Виктория Ксения Александра Вероника Арина Варвара Людмила Галина Надежда Любовь Валентина Лариса Марина \
             Алёна Евгения Оксана Софья Зоя Нина Вера Тамара Раиса Маргарита Диана Кристина Яна",
    male: "Александр Максим Артём Михаил Даниил Иван Дмитрий Кирилл Андрей Егор Никита Илья Алексей Матвей Роман \
           Сергей Владимир Николай Павел Юрий Виктор Олег Игорь Константин Евгений Фёдор Пётр Григорий Степан \
           Тимофей Борис Вадим Георгий Глеб Денис Леонид Руслан Станислав Ярослав Семён",
    family: "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев \
             Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев \
             Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв \
             Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Достоевский Раевский",
    joined: None,
};
