//! Names that have to be quoted: in Trino's SQL with `"`, in Athena's DDL with `` ` ``.

/// Words that Trino reserves, and words that begin a literal there or in DataFusion (`time '…'`).
const SQL_RESERVED: &str = " alter and as between by case cast constraint create cross cube current_catalog \
    current_date current_path current_role current_schema current_time current_timestamp current_user deallocate \
    delete describe distinct drop else end escape except execute exists extract false for from full group grouping \
    having in inner insert intersect into is join left like listagg localtime localtimestamp natural normalize not \
    null on or order outer prepare recursive right rollup select skip table then trim true uescape union unnest \
    using values when where with date interval offset start time timestamp user window ";

/// Words that Hive's DDL reserves, as Athena lists them.
const HIVE_RESERVED: &str = " all alter and array as authorization between bigint binary boolean both by case cast \
    char column conf constraint create cross cube current current_date current_timestamp cursor database date \
    dayofweek decimal delete describe distinct div double drop else end exchange exists extended external extract \
    false fetch float floor following for foreign from full function grant group grouping having if import in inner \
    insert int integer intersect interval into is join lateral left less like local macro map more none not null \
    numeric of on only or order out outer over partialscan partition percent preceding precision preserve primary \
    procedure range reads reduce references regexp revoke right rlike rollback rollup row rows select set smallint \
    start table tablesample then time timestamp to transform trigger true truncate unbounded union uniquejoin \
    update user using utc_timestamp values varchar views when where window with ";

/// A name as Trino's SQL takes it: in double quotes when it has to be.
#[must_use]
pub fn sql_identifier(name: &str) -> String {
    if is_plain(name) && !SQL_RESERVED.contains(&format!(" {name} ")) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name as Athena's DDL takes it: in backticks when it has to be.
#[must_use]
pub fn hive_identifier(name: &str) -> String {
    if is_plain(name) && !HIVE_RESERVED.contains(&format!(" {name} ")) {
        return name.to_owned();
    }
    format!("`{}`", name.replace('`', "``"))
}

fn is_plain(name: &str) -> bool {
    let first = name.starts_with(|c: char| c.is_ascii_lowercase());
    first && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A text as SQL takes it.
pub(crate) fn sql_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_need_it_are_quoted() {
        for (name, sql, hive) in [
            ("ts", "ts", "ts"),
            ("year", "year", "year"),
            ("end", "\"end\"", "`end`"),
            ("start", "\"start\"", "`start`"),
            ("timestamp", "\"timestamp\"", "`timestamp`"),
            ("_x", "\"_x\"", "`_x`"),
            ("a\"b", "\"a\"\"b\"", "`a\"b`"),
        ] {
            assert_eq!((sql_identifier(name).as_str(), hive_identifier(name).as_str()), (sql, hive));
        }
    }
}
