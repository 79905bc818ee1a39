//! The command line `orchestrate`, run as a user runs it.

mod corpus;
mod ends;
mod guide;
mod hostile;
mod hostile_powershell;
mod junit;
mod kept;
mod large;
mod live;
mod logged;
mod policies;
mod powershell;
mod said;
mod scene;
mod shells;
