//! How steps and workers end.

use super::*;

async fn process_of(workers: &Workers) -> u64 {
    output(workers, "$PID").await[0].as_u64().unwrap()
}

#[tokio::test]
async fn a_stop_leaves_no_process_behind() {
    let Some(workers) = workers() else { return };
    for (orders, grace) in [
        (vec![Stop::Gently], Duration::from_secs(60)),
        (vec![Stop::AtOnce], Duration::from_secs(60)),
        (vec![Stop::Gently], Duration::ZERO),
    ] {
        let worker = process_of(&workers).await;
        let scratch = Scratch::new();
        let fifo = scratch.fifo("life");
        let mut witness = Witness::at(&fifo);
        // The shell's child is a grandchild of the worker, and outlives the shell.
        let order = Order {
            grace,
            ..block(&holding(&fifo, "sleep 1000 & sleep 1000; sleep 1000"))
        };
        let (stop, running) = started(&workers, order);
        witness.ready().await;
        orders.iter().for_each(|&order| stop.order(order));
        let ending = in_time(running).await.unwrap();
        assert!(matches!(ending, Ending::Stopped { .. }), "{ending:?}");
        witness.all_gone().await;
        assert!(!is_running(worker));
    }
}

#[tokio::test]
async fn a_step_that_is_stopped_may_clean_up() {
    let Some(workers) = workers() else { return };
    let scratch = Scratch::new();
    let (fifo, note) = (scratch.fifo("life"), scratch.path.join("note"));
    let mut witness = Witness::at(&fifo);
    let text = format!(
        "try {{ {} }} finally {{ Set-Content '{}' 'cleaned' }}",
        holding(&fifo, "sleep 1000"),
        note.display()
    );
    let (stop, running) = started(&workers, block(&text));
    witness.ready().await;
    stop.order(Stop::Gently);
    in_time(running).await.unwrap();
    assert_eq!(fs::read_to_string(note).unwrap().trim(), "cleaned");
}

#[tokio::test]
async fn a_step_that_ends_its_process_fails_and_the_next_works() {
    let Some(workers) = workers() else { return };
    for (text, error, code) in [
        (
            "[Console]::Write('before'); [Environment]::Exit(3)",
            "the step ended the PowerShell process that it ran in, with code 3",
            Some(3),
        ),
        (
            "[Console]::Write('before'); kill -9 $PID",
            "the PowerShell process that it ran in was ended by signal 9",
            None,
        ),
    ] {
        let Ending::Lost {
            error: said,
            exit_code,
            printed,
            ..
        } = ending_of(&workers, &block(text)).await
        else {
            panic!("it was not lost");
        };
        assert_eq!((said.as_str(), exit_code), (error, code));
        assert_eq!(printed.stdout.text, "before");
        assert_eq!(output(&workers, "'next'").await, json!(["next"]));
    }
}

#[tokio::test]
async fn a_worker_that_died_at_rest_is_replaced() {
    let Some(workers) = workers() else { return };
    let first = process_of(&workers).await;
    let killed = std::process::Command::new("kill")
        .args(["-9", &first.to_string()])
        .status();
    assert!(killed.unwrap().success());
    assert_ne!(process_of(&workers).await, first);
}

#[tokio::test]
async fn a_worker_that_was_used_often_is_replaced() {
    let Some(workers) = workers() else { return };
    let first = process_of(&workers).await;
    let mut uses = 1;
    while process_of(&workers).await == first {
        uses += 1;
    }
    assert_eq!(uses, crate::process::powershell::workers::MOST_USES);
}

#[tokio::test]
async fn a_program_that_a_step_leaves_running_is_left_alone() {
    let Some(workers) = workers() else { return };
    let scratch = Scratch::new();
    let fifo = scratch.fifo("life");
    let mut witness = Witness::at(&fifo);
    let text = format!(
        "$null = [Diagnostics.Process]::Start('sh', [string[]]('-c', 'exec 9> \"{}\"; echo ready >&9; read line < \"{0}.end\"'))",
        fifo.display()
    );
    let end = scratch.fifo("life.end");
    answer(&workers, &block(&text)).await;
    witness.ready().await;
    let worker = process_of(&workers).await;
    in_time(workers.end()).await;
    assert!(!is_running(worker));
    // It waits for this line, so it lives.
    in_time(tokio::task::spawn_blocking(move || fs::write(end, "end\n")))
        .await
        .unwrap()
        .unwrap();
    witness.all_gone().await;
}

#[tokio::test]
async fn nobody_else_may_enter_a_workers_folder() {
    use std::os::unix::fs::PermissionsExt;
    let Some(workers) = workers() else { return };
    // The worker was told the path of its channel; its step sees how.
    let arguments = output(&workers, "[Environment]::GetCommandLineArgs()").await;
    let channel = Path::new(
        arguments
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .as_str()
            .unwrap(),
    );
    let folder = channel.parent().unwrap().to_owned();
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    in_time(workers.end()).await;
    assert!(!folder.exists());
}

#[tokio::test]
async fn programs_do_not_inherit_the_channel() {
    let Some(workers) = workers() else { return };
    if !Path::new("/proc/self/fd").exists() {
        println!("left out: /proc/self/fd is not there");
        return;
    }
    let open = output(
        &workers,
        "sh -c 'for f in /proc/self/fd/*; do readlink $f; done'",
    )
    .await;
    let open = open.to_string();
    assert!(!open.contains("socket:"), "{open}");
}

#[tokio::test]
async fn a_missing_powershell_is_said() {
    let path = Path::new("/none/such/pwsh").to_owned();
    let workers = Workers::new(Some(path), Arc::new(Trees::new()));
    let ending = ending_of(&workers, &block("1")).await;
    let Ending::Lost { error, .. } = ending else {
        panic!("{ending:?}");
    };
    assert_eq!(error, "there is no PowerShell at /none/such/pwsh");
}

#[tokio::test]
async fn what_is_no_powershell_is_said_in_its_words() {
    let scratch = Scratch::new();
    let program = scratch.path.join("pwsh");
    fs::write(&program, "#!/bin/sh\necho no such thing >&2\nexit 5\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&program, mode).unwrap();
    let workers = Workers::new(Some(program), Arc::new(Trees::new()));
    let ending = ending_of(&workers, &block("1")).await;
    let Ending::Lost { error, .. } = ending else {
        panic!("{ending:?}");
    };
    let expected = "PowerShell ended with code 5 when it was started: no such thing";
    assert_eq!(error, expected);
}

#[tokio::test]
async fn nothing_starts_once_all_were_killed() {
    let Some(_turn) = workers() else { return };
    let trees = Arc::new(Trees::new());
    let workers = Workers::new(None, Arc::clone(&trees));
    let worker = process_of(&workers).await;
    trees.kill_all();
    let ending = ending_of(&workers, &block("1")).await;
    assert!(matches!(ending, Ending::NeverStarted), "{ending:?}");
    in_time(workers.end()).await;
    assert!(!is_running(worker));
}
