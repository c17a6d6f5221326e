//! P3: an encrypted document over four connections, beside nginx sending the same bytes plain.

use crate::clinic::Program;
use crate::load;
use crate::nginx::Nginx;
use crate::report::{Better, Line, best};
use crate::scratch::Scratch;
use crate::size::Size;
use crate::suite::Suite;
use bitewing_auth::Service;

const CONNECTIONS: u32 = 4;

/// Measures both ways, each beside its limit.
pub async fn run(size: Size) -> anyhow::Result<Vec<Line>> {
    let suite = Suite::start("download", &Service::ALL, &[]).await?;
    let lines = measure(&suite, size).await;
    suite.stop().await?;
    lines
}

/// On a suite that runs already.
pub async fn measure(suite: &Suite, size: Size) -> anyhow::Result<Vec<Line>> {
    let program = Program::found(suite, "download").await?;
    let bytes = size.of(256 << 20, 16 << 20);
    let document = program.document(suite, bytes).await?;
    let scratch = Scratch::new("download")?;
    scratch.fill("plain", bytes)?;
    let nginx = Nginx::start(scratch.path()).await?;
    let path = format!("/v1/downloads/{document}");
    let straight = format!("http://{}{path}", suite.address(Service::SecureDocument));
    let through = format!("{}{path}", suite.base());
    let (plain, proxied) = (
        format!("http://{}/plain", nginx.plain),
        format!("http://{}/plain", nginx.proxy),
    );
    let caller = program.caller();
    let seconds = size.of(5, 1);
    let mut rates = [const { Vec::new() }; 4];
    for _ in 0..size.of(3, 1) {
        // Minted anew each time: it lives for a minute.
        let inside = suite.introduction(&caller, Service::SecureDocument)?;
        let runs = [
            (&straight, Some(&*inside)),
            (&plain, None),
            (&through, Some(program.token.as_str())),
            (&proxied, None),
        ];
        for (rates, (url, token)) in rates.iter_mut().zip(runs) {
            rates.push(load::download(url, token, CONNECTIONS, seconds)?);
        }
    }
    let line = |case, figure: &[f64], limit: &[f64]| Line {
        name: "download",
        case,
        unit: "MB/s",
        figure: best(figure),
        limit: best(limit),
        better: Better::More,
        goal: 0.6,
    };
    Ok(vec![
        line("straight", &rates[0], &rates[1]),
        line("through-the-gateway", &rates[2], &rates[3]),
    ])
}
