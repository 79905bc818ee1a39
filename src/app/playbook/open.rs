//! From a playbook's file to its plan, with all that there is to say on the way.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::format::{Document, Format};
use crate::playbook::model::{Phrase, Playbook};
use crate::playbook::place::{Place, Position};
use crate::playbook::plan::{self, Mode, Plan, Request};
use crate::playbook::problem::{Diagnostic, Problem};
use crate::playbook::step_type::StepType;
use crate::playbook::value::is_same_name;
use crate::playbook::values::{value_of, Named};
use crate::playbook::yaml;
use crate::process::environment;

use super::catalogue::Catalogue;
use super::scripts::{Finder, Scripts};
use super::Folders;

/// What messages call a playbook that was given rather than read from a file.
pub(super) const DEFINITION: &str = "the definition";

/// A playbook that was read from a file, or given.
#[derive(Debug)]
pub struct Opened {
    path: PathBuf,
    written: Written,
    is_given: bool,
    playbook: Playbook,
    warnings: Vec<Diagnostic>,
}

/// What somebody wants of a playbook.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// What it is told; texts are turned into what it declares.
    pub parameters: Named,
    /// The environment that it runs in.
    pub context: Option<String>,
    /// The profile that it takes variables from.
    pub profile: Option<String>,
    /// How its steps follow each other.
    pub mode: Option<Mode>,
    /// Whether failures stop nothing.
    pub continues_on_error: bool,
    /// How many steps may run at once.
    pub limit: Option<u32>,
    /// The types of steps that are known beside those of every playbook.
    pub step_types: Vec<StepType>,
    /// The names of the parameters whose values are secrets, whatever the playbook says.
    pub secrets: Vec<String>,
}

impl Wishes {
    /// The same, so that a playbook can be looked at: required parameters that are
    /// missing are told something.
    pub fn for_a_look(mut self, playbook: &Playbook) -> Self {
        let is_told = |name: &str| self.parameters.iter().any(|(it, _)| is_same_name(it, name));
        let missing = playbook
            .parameters
            .iter()
            .filter(|parameter| parameter.default.is_none() && !is_told(&parameter.name.text));
        let told = missing.map(|parameter| {
            let first = parameter.allowed.first().map(value_of);
            (parameter.name.text.clone(), first.unwrap_or_default())
        });
        let told: Named = told.collect();
        self.parameters.extend(told);
        self
    }
}

/// A plan, with what there is to say about it.
#[derive(Debug)]
pub struct Draft {
    /// The plan.
    pub plan: Plan,
    /// All that is wrong or odd, the playbook's file included.
    pub diagnostics: Vec<Diagnostic>,
    /// The steps that only PowerShell can do, with what they do.
    pub needs_powershell: Vec<(String, String)>,
    /// The modules that have to be there, each as what is said if it is not.
    pub(super) modules: Vec<Diagnostic>,
    /// The file; of a playbook that was given, one that is not there, in the folder
    /// that relative names begin at.
    pub path: PathBuf,
    /// Its text, if it was given rather than read from a file.
    pub definition: Option<String>,
    /// What was wanted.
    pub(super) wishes: Wishes,
    /// Where scripts were found.
    pub(super) scripts: Scripts,
    /// The environment that values were taken from.
    pub(super) environment: BTreeMap<String, String>,
}

/// The environment variables of this process; what is no text is not among them.
#[derive(Debug)]
pub(super) struct Surroundings(BTreeMap<String, String>);

impl Surroundings {
    pub(super) fn of_process() -> Self {
        Self(environment::all())
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        environment::value(&self.0, name).cloned()
    }
}

/// A playbook as it is written.
#[derive(Debug)]
pub struct Written {
    /// What messages call its file.
    pub file: String,
    text: String,
    format: Format,
}

impl Written {
    /// The text of a file, whose name says how it is written.
    pub fn of_file(path: &Path) -> Result<Self, Diagnostic> {
        let file = path.display().to_string();
        let problem = |problem| Diagnostic {
            file: file.clone(),
            position: None,
            problem,
        };
        let unreadable = |why: &str| problem(Problem::Unreadable(why.to_owned()));
        let bytes = fs::read(path).map_err(|error| unreadable(&error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8"))?;
        let format = Format::of(&file).ok_or_else(|| problem(Problem::UnknownFormat))?;
        Ok(Self { file, text, format })
    }

    /// What is in no file: a JSON object.
    pub fn given(definition: String) -> Self {
        Self {
            file: DEFINITION.to_owned(),
            text: definition,
            format: Format::Json,
        }
    }

    /// What is in it.
    pub fn document(&self) -> Result<Document<'_>, Diagnostic> {
        Document::read_as(self.format, &self.file, &self.text)
    }
}

/// The playbook in a document, with warnings. What makes it unusable is the error.
fn understood(document: &Document<'_>) -> Result<(Playbook, Vec<Diagnostic>), Vec<Diagnostic>> {
    let surroundings = Surroundings::of_process();
    let reading = document.playbook(&|name| surroundings.get(name));
    let diagnostics = document.diagnostics(&reading.remarks);
    match reading.is_usable() {
        true => Ok((reading.playbook, diagnostics)),
        false => Err(diagnostics),
    }
}

impl Opened {
    /// Reads a file. What makes it unusable is the error.
    pub fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let written = Written::of_file(path).map_err(|problem| vec![problem])?;
        Self::of(written, path.to_owned(), false)
    }

    /// Takes a playbook that is in no file, as the text of a JSON object. Relative
    /// names in it begin at a folder. What makes it unusable is the error.
    pub fn given(definition: String, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::of(Written::given(definition), folder.join(DEFINITION), true)
    }

    fn of(written: Written, path: PathBuf, is_given: bool) -> Result<Self, Vec<Diagnostic>> {
        let document = written.document().map_err(|problem| vec![problem])?;
        let (playbook, warnings) = understood(&document)?;
        Ok(Self {
            path,
            written,
            is_given,
            playbook,
            warnings,
        })
    }

    /// The playbook.
    pub fn playbook(&self) -> &Playbook {
        &self.playbook
    }

    /// Plans what it does.
    pub fn plan(&self, mut wishes: Wishes, folders: &Folders) -> Draft {
        let surroundings = Surroundings::of_process();
        let look = |name: &str| surroundings.get(name);
        let others = |name: &str| inner(name, &self.path, folders);
        let known = Catalogue::of(folders);
        let finder = Finder::of(&self.path, folders, &known);
        let request = Request {
            parameters: wishes.parameters.clone(),
            context: wishes.context.clone(),
            profile: wishes.profile.clone(),
            mode: wishes.mode,
            continues_on_error: wishes.continues_on_error,
            limit: wishes.limit,
            environment: &look,
            playbooks: &others,
            scripts: &|kind| known.names(kind),
            header: &|script| finder.header(script),
            step_types: &wishes.step_types,
        };
        let mut playbook = Cow::Borrowed(&self.playbook);
        if !wishes.secrets.is_empty() {
            keep_secret(playbook.to_mut(), &wishes.secrets);
        }
        let mut planned = plan::plan(&playbook, &request);
        add_secrets(&wishes.secrets, &mut planned.plan.sensitive);
        // What the playbook calls a secret is one however it is given.
        let declared = plan::secrets_of(&self.playbook);
        let is_declared = |name: &String| declared.iter().any(|it| is_same_name(it, name));
        wishes.secrets.retain(|name| !is_declared(name));
        let stem = self.path.file_stem().unwrap_or_default();
        if self.playbook.name.is_none() {
            planned.plan.name = stem.to_string_lossy().into_owned();
        }
        let mut diagnostics = self.warnings.clone();
        let flaws = planned.flaws.iter().map(|flaw| self.diagnostic(flaw));
        diagnostics.extend(flaws);
        let scripts = Scripts::of(&planned.plan, &finder);
        let flaws = scripts.flaws(&planned.plan, &known);
        diagnostics.extend(flaws.iter().map(|flaw| self.diagnostic(flaw)));
        let needs_powershell = scripts.needs_powershell(&planned.plan);
        Draft {
            plan: planned.plan,
            diagnostics,
            needs_powershell,
            modules: self.modules(),
            path: self.path.clone(),
            definition: self.is_given.then(|| self.written.text.clone()),
            wishes,
            scripts,
            environment: surroundings.0,
        }
    }

    fn modules(&self) -> Vec<Diagnostic> {
        let missing = |module: &Phrase| {
            let defect = Defect::NoModule {
                name: module.text.clone(),
                near: None,
                folders: Vec::new(),
            };
            self.diagnostic(&Flaw::at(module.place, defect))
        };
        self.playbook.required_modules.iter().map(missing).collect()
    }

    fn diagnostic(&self, flaw: &Flaw) -> Diagnostic {
        Diagnostic {
            file: self.written.file.clone(),
            position: flaw.place.and_then(|place| self.position(place)),
            problem: Problem::Plan(Box::new(flaw.defect.clone())),
        }
    }

    fn position(&self, place: Place) -> Option<Position> {
        match place {
            Place::At(position) => Some(position),
            Place::Counted(number) => yaml::locate(&self.written.text, number),
        }
    }
}

impl Draft {
    /// Whether nothing but warnings was found.
    pub fn is_usable(&self) -> bool {
        self.diagnostics.iter().all(|it| it.problem.is_warning())
    }
}

/// A playbook that a step names: a file beside this one, or one of the project.
fn inner(name: &str, beside: &Path, folders: &Folders) -> Result<Playbook, String> {
    let folder = beside.parent().unwrap_or(Path::new("."));
    let endings = ["psd1", "yaml", "yml", "json"];
    let mut beside = endings
        .iter()
        .map(|ending| folder.join(format!("{name}.{ending}")));
    let path = match Format::of(name) {
        Some(_) if folder.join(name).is_file() => folder.join(name),
        _ => match beside.find(|path| path.is_file()) {
            Some(path) => path,
            None => folders.find(name).map_err(|error| error.to_string())?,
        },
    };
    let opened = Opened::read(&path).map_err(|diagnostics| {
        let first = diagnostics.iter().find(|it| !it.problem.is_warning());
        first.map_or_else(String::new, ToString::to_string)
    })?;
    Ok(opened.playbook)
}

/// Calls what was given as a secret one, so that no message says its value.
fn keep_secret(playbook: &mut Playbook, secrets: &[String]) {
    for parameter in &mut playbook.parameters {
        let name = &parameter.name.text;
        parameter.is_sensitive |= secrets.iter().any(|it| is_same_name(it, name));
    }
}

/// Names given at the call count as declared.
fn add_secrets(secrets: &[String], sensitive: &mut Vec<String>) {
    for name in secrets {
        if !sensitive.iter().any(|it| is_same_name(it, name)) {
            sensitive.push(name.clone());
        }
    }
}
