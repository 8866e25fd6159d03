//! What a scalar function is made of here: a table row of name, parameters, result and body.
//!
//! [`Function`] turns such a row into a DataFusion function: it coerces the arguments, folds the
//! constant case to one row, and evaluates text dictionaries once per entry.

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, LargeStringArray, StringArray, StringViewArray,
    TimestampMillisecondArray,
};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Float64Type, Int64Type, TimeUnit, TimestampMillisecondType,
};
use datafusion::common::{ScalarValue, exec_err, internal_err, plan_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// Any whole number, as bigint.
    Long,
    /// Any number, as double.
    Double,
    /// A boolean.
    Boolean,
    /// A timestamp, with or without a zone, to the millisecond; dates too, as timestamps.
    Instant,
    /// A timestamp as above, or a date that stays a date.
    Moment,
    /// A list; a large or fixed-size one becomes a list.
    List,
    /// Anything.
    Any,
}

impl Kind {
    fn coerce(self, given: &DataType) -> Option<DataType> {
        use DataType as D;
        Some(match (self, given) {
            (Self::Any, given) => given.clone(),
            (Self::Text, D::Utf8 | D::LargeUtf8 | D::Utf8View) => given.clone(),
            (Self::Text, D::Dictionary(_, value)) if is_text(value) => given.clone(),
            (Self::Text, D::Null) => D::Utf8,
            (kind, D::Dictionary(_, value)) => return kind.coerce(value),
            (Self::Long, D::Null) => D::Int64,
            (Self::Long, given) if given.is_integer() => D::Int64,
            (Self::Double, D::Null) => D::Float64,
            (Self::Double, given) if given.is_numeric() => D::Float64,
            (Self::Boolean, D::Null | D::Boolean) => D::Boolean,
            (Self::Instant | Self::Moment, D::Timestamp(_, zone)) => {
                D::Timestamp(TimeUnit::Millisecond, zone.clone())
            }
            (Self::Moment, D::Date32 | D::Date64) => D::Date32,
            (Self::Instant, D::Date32 | D::Date64) => D::Timestamp(TimeUnit::Millisecond, None),
            (Self::Instant | Self::Moment, D::Null) => utc(),
            (Self::List, D::Null) => D::new_list(D::Null, true),
            (Self::List, D::List(item) | D::LargeList(item) | D::FixedSizeList(item, _)) => {
                D::List(Arc::clone(item))
            }
            _ => return None,
        })
    }
}

/// Whether a type is one of the three text types.
pub(crate) fn is_text(given: &DataType) -> bool {
    matches!(given, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// The type of an instant without a zone of its own to be shown in.
pub(crate) fn utc() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

/// The type of an array of text.
pub(crate) fn texts() -> DataType {
    DataType::new_list(DataType::Utf8, true)
}

/// How the type of the result is found.
#[derive(Clone, Copy)]
pub(crate) enum Returns {
    /// Always this one.
    Is(fn() -> DataType),
    /// From the coerced arguments and those that are constant.
    From(fn(&[DataType], &[Option<&ScalarValue>]) -> Result<DataType>),
}

/// One function of the tables.
pub(crate) struct Definition {
    /// Name and aliases.
    pub names: &'static [&'static str],
    /// Parameter lists, one per form.
    pub forms: &'static [&'static [Kind]],
    /// Type of the result.
    pub returns: Returns,
    /// The work.
    pub body: fn(&Call<'_>) -> Result<ArrayRef>,
}

/// The arguments of one call: arrays of `rows` values, or constants.
pub(crate) struct Call<'a> {
    /// The function's name, for messages.
    pub name: &'static str,
    /// Coerced arguments.
    pub args: &'a [ColumnarValue],
    /// Number of values to return.
    pub rows: usize,
    /// Type to return.
    pub returns: &'a DataType,
}

impl Call<'_> {
    /// How many arguments there are.
    pub(crate) fn len(&self) -> usize {
        self.args.len()
    }

    /// An argument as text.
    pub(crate) fn text(&self, index: usize) -> Result<Texts<'_>> {
        match &self.args[index] {
            ColumnarValue::Scalar(value) => match constant_text(value) {
                Some(text) => Ok(Texts::Constant(text)),
                None => exec_err!("{}: argument {} must be text", self.name, index + 1),
            },
            ColumnarValue::Array(array) => Texts::of(array),
        }
    }

    /// An argument as bigint.
    pub(crate) fn long(&self, index: usize) -> Result<Longs<'_>> {
        match &self.args[index] {
            ColumnarValue::Scalar(ScalarValue::Int64(value)) => Ok(Longs::Constant(*value)),
            ColumnarValue::Array(array) if array.data_type() == &DataType::Int64 => {
                Ok(Longs::Array(array.as_primitive::<Int64Type>()))
            }
            other => internal_err!("{}: {} where bigint was due", self.name, other.data_type()),
        }
    }

    /// An argument as doubles.
    pub(crate) fn double(&self, index: usize) -> Result<Float64Array> {
        Ok(self.array(index)?.as_primitive::<Float64Type>().clone())
    }

    /// An argument as instants in milliseconds, and its zone.
    pub(crate) fn instant(&self, index: usize) -> Result<TimestampMillisecondArray> {
        Ok(self.array(index)?.as_primitive::<TimestampMillisecondType>().clone())
    }

    /// An argument as an array of `rows` values.
    pub(crate) fn array(&self, index: usize) -> Result<ArrayRef> {
        self.args[index].to_array(self.rows)
    }

    /// The type of an argument.
    pub(crate) fn type_of(&self, index: usize) -> DataType {
        self.args[index].data_type()
    }

    /// An error of this function.
    pub(crate) fn error(&self, message: impl std::fmt::Display) -> DataFusionError {
        DataFusionError::Execution(format!("{}: {message}", self.name))
    }
}

fn constant_text(value: &ScalarValue) -> Option<Option<&str>> {
    match value {
        ScalarValue::Dictionary(_, value) => constant_text(value),
        value => value.try_as_str(),
    }
}

/// A text argument.
pub(crate) enum Texts<'a> {
    /// The same for all rows.
    Constant(Option<&'a str>),
    /// 32-bit offsets.
    Plain(&'a StringArray),
    /// 64-bit offsets.
    Large(&'a LargeStringArray),
    /// Views.
    View(&'a StringViewArray),
}

impl<'a> Texts<'a> {
    /// The text of an array.
    pub(crate) fn of(array: &'a ArrayRef) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Plain(array.as_string()),
            DataType::LargeUtf8 => Self::Large(array.as_string()),
            DataType::Utf8View => Self::View(array.as_string_view()),
            other => return internal_err!("{other} where text was due"),
        })
    }

    /// The text of a row, unless it is NULL.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Constant(text) => *text,
            Self::Plain(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }
}

/// A bigint argument.
pub(crate) enum Longs<'a> {
    /// The same for all rows.
    Constant(Option<i64>),
    /// One per row.
    Array(&'a Int64Array),
}

impl Longs<'_> {
    /// The number of a row, unless it is NULL.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::Constant(number) => *number,
            Self::Array(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }
}

/// A [`Definition`] as DataFusion takes it.
pub(crate) struct Function {
    definition: &'static Definition,
    aliases: Vec<String>,
    signature: Signature,
}

impl Function {
    pub(crate) fn new(definition: &'static Definition) -> Self {
        Self {
            definition,
            aliases: definition.names[1..].iter().map(ToString::to_string).collect(),
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    fn evaluate(&self, args: &[ColumnarValue], rows: usize, returns: &DataType) -> Result<ArrayRef> {
        let call = Call { name: self.definition.names[0], args, rows, returns };
        (self.definition.body)(&call)
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Function({})", self.definition.names[0])
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.definition.names == other.definition.names
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.names.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.definition.names[0]
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        match self.definition.returns {
            Returns::Is(returns) => Ok(returns()),
            Returns::From(returns) => returns(given, &vec![None; given.len()]),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let given: Vec<DataType> = args.arg_fields.iter().map(|f| f.data_type().clone()).collect();
        let returns = match self.definition.returns {
            Returns::Is(returns) => returns(),
            Returns::From(returns) => returns(&given, args.scalar_arguments)?,
        };
        Ok(Arc::new(Field::new(self.name(), returns, true)))
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        for form in self.definition.forms.iter().filter(|form| form.len() == given.len()) {
            let coerced: Option<Vec<DataType>> =
                form.iter().zip(given).map(|(kind, given)| kind.coerce(given)).collect();
            if let Some(coerced) = coerced {
                return Ok(coerced);
            }
        }
        let forms: Vec<String> = self.definition.forms.iter().map(|form| format!("{form:?}")).collect();
        plan_err!("{} does not take {given:?}, but {}", self.name(), forms.join(" or "))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let returns = args.return_field.data_type();
        let constant = |arg: &ColumnarValue| matches!(arg, ColumnarValue::Scalar(_));
        if !args.args.is_empty() && args.args.iter().all(constant) {
            let result = self.evaluate(&args.args, 1, returns)?;
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?));
        }
        if let Some(ColumnarValue::Array(array)) = args.args.first()
            && let Some(dictionary) = array.as_any_dictionary_opt()
            && is_text(dictionary.values().data_type())
            && args.args[1..].iter().all(constant)
            && dictionary.values().len() <= array.len()
        {
            let mut inner = args.args.clone();
            inner[0] = ColumnarValue::Array(Arc::clone(dictionary.values()));
            // An entry no row refers to may be in error: then the rows are evaluated one by one.
            if let Ok(result) = self.evaluate(&inner, dictionary.values().len(), returns) {
                return Ok(ColumnarValue::Array(take(&result, dictionary.keys(), None)?));
            }
        }
        let mut flat = args.args;
        for arg in &mut flat {
            if let ColumnarValue::Array(array) = arg
                && let Some(dictionary) = array.as_any_dictionary_opt()
            {
                *array = take(dictionary.values(), dictionary.keys(), None)?;
            }
        }
        self.evaluate(&flat, args.number_rows, returns).map(ColumnarValue::Array)
    }
}
