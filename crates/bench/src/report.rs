//! The lines a run prints: `<name> figure=... limit=... ratio=... goal=... case=...`.

use std::fmt;

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// The ratio is figure / limit.
    More,
    /// The ratio is limit / figure.
    Less,
}

/// A figure beside its limit, both of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The benchmark.
    pub name: &'static str,
    /// What of it, as `gateway-4-connections`.
    pub case: &'static str,
    /// As `MB/s`.
    pub unit: &'static str,
    /// What the suite reached.
    pub figure: f64,
    /// What the machine, or the simplest program that does the same, reached.
    pub limit: f64,
    /// Which way is good.
    pub better: Better,
    /// The ratio to reach; 0 where the figure is only reported.
    pub goal: f64,
}

impl Line {
    /// 1 where figure and limit are equal, more where the figure is better.
    pub fn ratio(&self) -> f64 {
        match self.better {
            Better::More => self.figure / self.limit,
            Better::Less => self.limit / self.figure,
        }
    }

    /// Whether the goal is reached.
    pub fn reached(&self) -> bool {
        self.ratio() >= self.goal
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} figure={:.2} limit={:.2} ratio={:.2} goal={:.2} case={} unit={}",
            self.name,
            self.figure,
            self.limit,
            self.ratio(),
            self.goal,
            self.case,
            self.unit
        )
    }
}

/// The best of several runs.
pub fn best(runs: &[f64]) -> f64 {
    runs.iter().copied().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(better: Better) -> Line {
        Line {
            name: "download",
            case: "straight",
            unit: "MB/s",
            figure: 600.0,
            limit: 1200.0,
            better,
            goal: 0.6,
        }
    }

    #[test]
    fn a_line_reads_as_the_handbook_says() {
        assert_eq!(
            line(Better::More).to_string(),
            "download figure=600.00 limit=1200.00 ratio=0.50 goal=0.60 case=straight unit=MB/s"
        );
    }

    #[test]
    fn less_is_better_where_it_is_said() {
        assert!(!line(Better::More).reached());
        let less = line(Better::Less);
        assert!(less.reached() && (less.ratio() - 2.0).abs() < f64::EPSILON);
    }
}
