//! A playbook that runs, and what comes of its steps.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::app::run::Run;
use crate::playbook::plan::Plan;
use crate::store::{Secrets, Timestamp};

use super::afterwards::{self, After};
use super::event::{Event, Report};
use super::heard::{Heard, StepOutput};
use super::junit;
use super::log::RunLog;
use super::notice::{self, ToldNotice};
use super::outcome::{self, Outcome};
use super::remote::Remote;
use super::result::{self, Known, StepResult};
use super::world::World;

/// A run of a playbook. Dropping it ends it.
#[derive(Debug)]
pub struct Workflow {
    run: Arc<Run>,
    id: String,
    plan: Arc<Plan>,
    world: Arc<World>,
    secrets: Secrets,
    cursor: u64,
    /// What is known of each step, by its path.
    known: HashMap<String, Known>,
    results: Vec<StepResult>,
    last: Option<Report>,
    log: RunLog,
    notices: Vec<ToldNotice>,
    warnings: Vec<String>,
    /// Whether its beginning was told.
    has_begun: bool,
    /// Whether its end was told.
    has_closed: bool,
    /// When it began, in seconds since 1970.
    began: f64,
    /// When the last attempt of each step started, in seconds after that.
    starts: HashMap<String, f64>,
    /// The steps that do work and are under way or over.
    begun: HashSet<usize>,
    heard: Heard,
    /// The file of its report as JUnit's XML.
    junit: Option<PathBuf>,
}

/// What happened to a step.
#[derive(Debug, Clone)]
pub enum News {
    /// An attempt began; the number of its task, the path of the step, which attempt.
    Started(u32, String, u32),
    /// An attempt failed, and there will be another.
    Retrying(StepResult),
    /// A running one has written something.
    Output(StepOutput),
    /// It ended.
    Ended(StepResult),
    /// What the playbook wants to have told.
    Notice(ToldNotice),
    /// What went wrong besides the steps.
    Warning(String),
}

impl Workflow {
    pub(super) fn new(
        run: Run,
        id: String,
        plan: Arc<Plan>,
        world: Arc<World>,
        (secrets, logs): (Secrets, Option<PathBuf>),
    ) -> Self {
        let leaves = plan.flat().leaves.into_iter();
        let known = leaves.enumerate().map(|(place, leaf)| {
            let known = Known::of(place, &leaf);
            (leaf.path, known)
        });
        Self {
            known: known.collect(),
            began: Timestamp::now().nanoseconds() as f64 / 1e9,
            starts: HashMap::new(),
            begun: HashSet::new(),
            heard: Heard::new(secrets.clone()),
            junit: None,
            run: Arc::new(run),
            log: RunLog::new(logs, &id, secrets.clone()),
            notices: Vec::new(),
            warnings: Vec::new(),
            has_begun: false,
            has_closed: false,
            id,
            plan,
            world,
            secrets,
            cursor: 0,
            results: Vec::new(),
            last: None,
        }
    }

    /// The same, with a report as JUnit's XML at its end.
    pub(super) fn reporting_to(mut self, junit: Option<PathBuf>) -> Self {
        self.junit = junit;
        self
    }

    /// The id of the run.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it does.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What other threads may do with it while this one waits for news.
    pub fn remote(&self) -> Remote {
        Remote::new(Arc::clone(&self.run), self.secrets.clone())
    }

    /// How many of the steps that do work are under way or over.
    pub fn current_step(&self) -> usize {
        self.begun.len()
    }

    /// How many steps do work.
    pub fn total_steps(&self) -> usize {
        self.known.values().filter(|it| it.does_work).count()
    }

    /// How it stands: `Running`, `Completed`, `Failed` or `Stopped`.
    pub fn status(&self) -> &str {
        self.last.as_ref().map_or("Running", |last| &last.status)
    }

    /// What ends the run before its time, from any thread: the first asks what runs
    /// to end, the second kills it.
    pub fn cancellers(&self) -> (impl Fn() + Send + 'static, impl Fn() + Send + 'static) {
        let (gently, at_once) = (Arc::downgrade(&self.run), Arc::downgrade(&self.run));
        let cancel = move || {
            if let Some(run) = gently.upgrade() {
                run.cancel();
            }
        };
        let kill = move || {
            if let Some(run) = at_once.upgrade() {
                run.kill();
            }
        };
        (cancel, kill)
    }

    /// Waits until something happens, for so long at most, and says what. What was
    /// sensitive is masked. Once the run is over and all was said, nothing comes.
    pub fn next(&mut self, limit: Duration) -> Vec<News> {
        let (json, pieces) = self.run.follow(self.cursor, limit);
        self.heard.take(pieces);
        let Ok(mut report) = serde_json::from_str::<Report>(&json) else {
            return Vec::new();
        };
        self.cursor = report.cursor;
        let events = std::mem::take(&mut report.events);
        self.last = Some(report);
        let mut news = Vec::new();
        if !std::mem::replace(&mut self.has_begun, true) {
            self.begin(&mut news);
        }
        for event in events {
            if matches!(event.kind.as_str(), "Retrying" | "Ended") {
                news.extend(self.heard.end(event.task).into_iter().map(News::Output));
            }
            if let Some(one) = self.news(event) {
                if let News::Started(task, path, attempt) = &one {
                    self.heard.begin(*task, *attempt, path);
                }
                self.tell(one, &mut news);
            }
        }
        news.extend(self.heard.lines().into_iter().map(News::Output));
        if self.has_run() && !std::mem::replace(&mut self.has_closed, true) {
            self.close(&mut news);
        }
        news
    }

    /// What is told before the first step.
    fn begin(&mut self, news: &mut Vec<News>) {
        let steps = self.total_steps();
        let problem = self.log.begin(&self.id, &self.plan.name, steps);
        self.warn(problem, news);
        let scope = After::new(&self.plan, &self.world, &[]);
        let names = notice::names(&self.plan, &self.id, None);
        let notices = notice::at_start(&self.plan, &scope, &names);
        self.notify(notices, news);
    }

    /// What is told after the last step.
    fn close(&mut self, news: &mut Vec<News>) {
        let outcome = self.outcome();
        let scope = After::new(&self.plan, &self.world, &outcome.results);
        let names = notice::names(&self.plan, &self.id, Some(&outcome));
        let notices = notice::at_end(&self.plan, &scope, &names, &outcome);
        self.notify(notices, news);
        let problem = self.log.end(&outcome);
        self.warn(problem, news);
        let problem = self
            .junit
            .as_ref()
            .and_then(|path| junit::write(path, &outcome));
        self.warn(problem, news);
    }

    fn notify(&mut self, notices: Vec<ToldNotice>, news: &mut Vec<News>) {
        for mut notice in notices {
            notice.message = self.secrets.masked_text(notice.message);
            self.notices.push(notice.clone());
            self.tell(News::Notice(notice), news);
        }
    }

    fn tell(&mut self, one: News, news: &mut Vec<News>) {
        let problem = self.log.tell(&one);
        let lost = lost_of(&one);
        news.push(one);
        self.warn(problem, news);
        for text in lost {
            let problem = self.log.tell(&News::Warning(text.clone()));
            self.warn(Some(text), news);
            self.warn(problem, news);
        }
    }

    fn warn(&mut self, problem: Option<String>, news: &mut Vec<News>) {
        if let Some(problem) = problem {
            self.warnings.push(problem.clone());
            news.push(News::Warning(problem));
        }
    }

    /// Whether the run has ended and all was said.
    pub fn is_over(&self) -> bool {
        self.has_closed
    }

    /// Whether the run has ended and all of its events were taken.
    fn has_run(&self) -> bool {
        let has_ended = |report: &Report| report.status != "Running";
        self.last.as_ref().is_some_and(has_ended) && {
            let json = self.run.poll(self.cursor, Duration::ZERO);
            let report: Option<Report> = serde_json::from_str(&json).ok();
            report.is_none_or(|report| report.events.is_empty())
        }
    }

    /// What came of it, once it is over.
    pub fn outcome(&self) -> Outcome {
        let mut results = self.results.clone();
        results.sort_by_key(|result| result.step_number);
        let unmet = afterwards::unmet(&self.plan, &self.world, &results);
        let outcome = outcome::of(&self.plan, &self.id, self.last.as_ref(), results, unmet);
        Outcome {
            notices: self.notices.clone(),
            warnings: self.warnings.clone(),
            ..outcome
        }
    }

    fn news(&mut self, event: Event) -> Option<News> {
        match event.kind.as_str() {
            "Started" => {
                self.note_begun(&event.name);
                self.starts.insert(event.name.clone(), event.at_seconds);
                let attempt = event.attempt.unwrap_or(1);
                Some(News::Started(event.task, event.name, attempt))
            }
            "Retrying" => Some(News::Retrying(self.result(event))),
            "Ended" => {
                self.note_begun(&event.name);
                let result = self.result(event);
                self.results.push(result.clone());
                Some(News::Ended(result))
            }
            _ => None,
        }
    }

    fn note_begun(&mut self, path: &str) {
        if let Some(known) = self.known.get(path).filter(|it| it.does_work) {
            self.begun.insert(known.place);
        }
    }

    fn result(&self, event: Event) -> StepResult {
        let start = self.starts.get(&event.name).map(|at| self.began + at);
        result::of(event, start, &self.known, &self.secrets)
    }
}

/// What of a step's output is nowhere.
fn lost_of(news: &News) -> Vec<String> {
    let (News::Ended(result) | News::Retrying(result)) = news else {
        return Vec::new();
    };
    let told = |lost: &String| {
        let step = &result.step_name;
        format!("step `{step}`: {lost}. Make room or give rights there.")
    };
    result.lost.iter().map(told).collect()
}
