//! The same project, people, events, seed and start give the same run: on any number of threads, native and as wasm.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

mod studio;

use std::thread;

use base64::Engine;
use serde_json::json;
use studio::{Chromium, program};

const SEEDS: [u64; 2] = [1, 77];

#[test]
fn a_run_is_the_same_on_one_to_eight_threads() {
    for number in 0..same_run::names().len() {
        let ready = same_run::ready(number).unwrap();
        let whole = ready.hash(SEEDS[0]);
        for threads in 1..=8 {
            let split = ready.run(SEEDS[0], |simulation| {
                let step = ready.len().div_ceil(threads);
                let parts: Vec<_> = thread::scope(|scope| {
                    let walkers: Vec<_> =
                        (0..threads).map(|n| scope.spawn(move || simulation.range(n * step..(n + 1) * step))).collect();
                    walkers.into_iter().map(|walker| walker.join().unwrap()).collect()
                });
                let mut all = simulation.nobody();
                parts.iter().rev().for_each(|part| all.merge(part));
                simulation.finish(&all).trace_hash
            });
            if let Some(split) = split {
                assert_eq!(split, whole, "{} on {threads} threads", ready.name());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_the_same_natively_and_as_wasm() {
    let Some(module) = program("WAYMARK_SAME_RUN") else { return };
    let browser = Chromium::start("same-run").await;
    // The browser's first page of its own lets no wasm in.
    browser.client.goto("about:blank").await.unwrap();
    // The module imports nothing. Its 64-bit numbers are texts on the way to and fro: JSON has none.
    let script = "
        const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0));
        const runs = arguments[1];
        return WebAssembly.instantiate(bytes, {}).then(({ instance }) => runs.map(([number, seed]) =>
            BigInt.asUintN(64, instance.exports.trace_hash(number, BigInt(seed))).toString()));";
    let runs: Vec<(usize, u64)> =
        (0..same_run::names().len()).flat_map(|number| SEEDS.map(|seed| (number, seed))).collect();
    let bytes = base64::engine::general_purpose::STANDARD.encode(std::fs::read(module).unwrap());
    let asked: Vec<_> = runs.iter().map(|(number, seed)| json!([number, seed.to_string()])).collect();
    let answer = browser.client.execute(script, vec![json!(bytes), json!(asked)]).await.unwrap();
    let wasm: Vec<u64> =
        answer.as_array().unwrap().iter().map(|hash| hash.as_str().unwrap().parse().unwrap()).collect();
    let native: Vec<u64> = runs.iter().map(|(number, seed)| same_run::ready(*number).unwrap().hash(*seed)).collect();
    for (((number, seed), native), wasm) in runs.iter().zip(&native).zip(&wasm) {
        assert_eq!(wasm, native, "{} with seed {seed}", same_run::names()[*number]);
    }
    assert_eq!(wasm.len(), runs.len());
    assert!(!native.contains(&0), "{native:?}");
    // Campaigns, and runs that replay recorded events, do not depend on the seed; all others do.
    let different: std::collections::BTreeSet<u64> = native.into_iter().collect();
    assert!(different.len() >= same_run::names().len() + 3, "{different:?}");
    browser.client.close().await.unwrap();
}
