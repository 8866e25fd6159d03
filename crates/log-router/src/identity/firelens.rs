//! The configuration that the ECS agent makes for FireLens and mounts at `/fluent-bit/etc/fluent-bit.conf`, in Fluent
//! Bit's classic format. What is wanted of it: who the task is, and the patterns of lines to keep or leave out.
//!
//! Source: `amazon-ecs-agent`, `agent/taskresource/firelens/firelensconfig_unix.go`: `record_modifier` with
//! `Record ecs_cluster`, `ecs_task_arn`, `ecs_task_definition`; `grep` with `Regex log` or `Exclude log` for each
//! container's `include-pattern` and `exclude-pattern`.

use crate::route::{BadFilter, Filters};

/// What the file says.
#[derive(Debug, Clone, Default)]
pub struct FireLensFile {
    /// Name or ARN of the cluster.
    pub cluster: Option<String>,
    /// ARN of the task.
    pub task_arn: Option<String>,
    /// Lines to keep or to leave out.
    pub filters: Filters,
}

/// A section, as far as it was read.
#[derive(Default)]
struct Section {
    is_filter: bool,
    name: String,
    tag: String,
    /// Keys besides, with their values.
    rest: Vec<(String, String)>,
}

impl FireLensFile {
    /// Reads the file. Patterns that are no regular expressions are told, and left out.
    #[must_use]
    pub fn parse(text: &str) -> (FireLensFile, Vec<BadFilter>) {
        let (mut file, mut problems) = (FireLensFile::default(), Vec::new());
        let mut section = Section::default();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                file.take(&std::mem::take(&mut section), &mut problems);
                section.is_filter = title.eq_ignore_ascii_case("FILTER");
                continue;
            }
            let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let value = value.trim();
            match key.to_ascii_lowercase().as_str() {
                "name" => value.clone_into(&mut section.name),
                "match" => value.clone_into(&mut section.tag),
                other => section.rest.push((other.to_owned(), value.to_owned())),
            }
        }
        file.take(&section, &mut problems);
        (file, problems)
    }

    fn take(&mut self, section: &Section, problems: &mut Vec<BadFilter>) {
        if !section.is_filter {
            return;
        }
        let is_grep = section.name.eq_ignore_ascii_case("grep");
        let is_modifier = section.name.eq_ignore_ascii_case("record_modifier");
        for (key, value) in &section.rest {
            let Some((field, rest)) = value.split_once(char::is_whitespace) else { continue };
            let rest = rest.trim();
            match (key.as_str(), field) {
                ("record", "ecs_cluster") if is_modifier => self.cluster = Some(rest.to_owned()),
                ("record", "ecs_task_arn") if is_modifier => self.task_arn = Some(rest.to_owned()),
                ("regex" | "exclude", "log") if is_grep => {
                    problems.extend(self.filters.add(&section.tag, rest, key == "regex").err());
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
[INPUT]
    Name tcp
    Listen 127.0.0.1
    Port 8877
    Tag firelens-healthcheck

[INPUT]
    Name forward
    unix_path /var/run/fluent.sock

[FILTER]
    Name   grep
    Match app-firelens*
    Regex  log ERROR|order \\d+

[FILTER]
    Name   grep
    Match app-firelens*
    Exclude log GET /health

[FILTER]
    Name   grep
    Match web-firelens*
    Regex  log *broken

[FILTER]
    Name record_modifier
    Match *
    Record ecs_cluster prod
    Record ecs_task_arn arn:aws:ecs:ap-northeast-1:123456789012:task/prod/0123abcd
    Record ecs_task_definition api:7

[OUTPUT]
    Name null
    Match firelens-healthcheck
";

    #[test]
    fn the_agents_file_says_who_the_task_is_and_what_to_leave_out() {
        let (file, problems) = FireLensFile::parse(FILE);
        assert_eq!(file.cluster.as_deref(), Some("prod"));
        assert!(file.task_arn.unwrap().ends_with("/0123abcd"));
        assert_eq!((file.filters.len(), problems.len()), (2, 1));
        assert!(file.filters.pass(b"app-firelens-0123", b"order 7 placed"));
        assert!(!file.filters.pass(b"app-firelens-0123", b"order placed"));
        assert!(!file.filters.pass(b"app-firelens-0123", b"ERROR GET /health"));
        assert!(file.filters.pass(b"web-firelens-0123", b"anything"));
    }
}
