//! Every file of `fuzz/corpus` once more: seeds by hand, and what fuzzing found worth keeping.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::path::Path;

#[test]
fn what_fuzzing_knows_breaks_nothing() {
    for (name, target) in targets::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(!files.is_empty(), "no seed for {name}");
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            let run = std::panic::catch_unwind(|| target(&bytes));
            assert!(run.is_ok(), "{}", file.display());
        }
    }
}
