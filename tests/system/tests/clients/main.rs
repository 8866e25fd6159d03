//! Clients of the Forward protocol that others wrote, as applications and Docker use them: every record is archived
//! once with all its fields, and errors delivered. The programs lie in `tests/clients`; `make clients` installs what
//! they need.

mod fluent_bit;
mod go;
mod node;
mod orders;
mod program;
mod python;
