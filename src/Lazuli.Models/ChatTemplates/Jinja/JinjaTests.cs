namespace Lazuli.Models;

/// <summary>The tests behind <c>is</c>.</summary>
internal static class JinjaTests
{
    private static readonly Dictionary<string, JinjaTest> All = Table(
    [
        new("defined", 0, (_, value, _) => value is not JinjaUndefined),
        new("undefined", 0, (_, value, _) => value is JinjaUndefined),
        new("none", 0, (_, value, _) => value is null),
        new("string", 0, (_, value, _) => value is JinjaText),
        new("mapping", 0, (_, value, _) => value is JinjaDict),
        new("iterable", 0, (_, value, _) => value is JinjaText or JinjaDict or JinjaList or JinjaUndefined),
        new("sequence", 0, (_, value, _) => value is JinjaText or JinjaDict or JinjaList or JinjaUndefined),
        new("number", 0, (_, value, _) => JinjaValues.IsNumber(value)),
        new("integer", 0, (_, value, _) => value is long),
        new("float", 0, (_, value, _) => value is double),
        new("boolean", 0, (_, value, _) => value is bool),
        new("true", 0, (_, value, _) => value is true),
        new("false", 0, (_, value, _) => value is false),
        new("callable", 0, (_, value, _) => value is JinjaCallable),
        new("lower", 0, (run, value, _) => JinjaStrings.IsLower(run, JinjaValues.ToText(run, value))),
        new("upper", 0, (run, value, _) => JinjaStrings.IsUpper(run, JinjaValues.ToText(run, value))),
        new("odd", 0, (run, value, _) => JinjaArgument.Integer(run, value) % 2 != 0),
        new("even", 0, (run, value, _) => JinjaArgument.Integer(run, value) % 2 == 0),
        new("divisibleby", 1, DivisibleBy),
        new("sameas", 1, (run, value, a) => ReferenceEquals(value, a[0]) || (value?.GetType() == a[0]?.GetType() && value is null or bool or long or double or JinjaText && JinjaValues.AreEqual(run, value, a[0]))),
        new("in", 1, (run, value, a) => JinjaOperators.Contains(run, a[0], value)),
        new("equalto", 1, (run, value, a) => JinjaValues.AreEqual(run, value, a[0])),
        new("ne", 1, (run, value, a) => !JinjaValues.AreEqual(run, value, a[0])),
        new("lt", 1, (run, value, a) => JinjaOperators.Compare(run, "<", value, a[0])),
        new("le", 1, (run, value, a) => JinjaOperators.Compare(run, "<=", value, a[0])),
        new("gt", 1, (run, value, a) => JinjaOperators.Compare(run, ">", value, a[0])),
        new("ge", 1, (run, value, a) => JinjaOperators.Compare(run, ">=", value, a[0])),
    ]);

    public static JinjaTest? Find(string name) => All.GetValueOrDefault(name);

    public static bool Holds(JinjaRun run, JinjaTest test, object? value, object?[] arguments)
    {
        if (arguments.Length != test.Arguments)
        {
            throw run.Fail($"the test '{test.Name}' with {test.Arguments} arguments", $"{arguments.Length}");
        }

        return test.Holds(run, value, arguments);
    }

    private static bool DivisibleBy(JinjaRun run, object? value, object?[] arguments)
    {
        long by = JinjaArgument.Integer(run, arguments[0]);
        return by is not (0 or -1) ? JinjaArgument.Integer(run, value) % by == 0 : by == -1 ? true : throw run.Fail("a divisor", "0");
    }

    private static Dictionary<string, JinjaTest> Table(JinjaTest[] tests)
    {
        var table = tests.ToDictionary(test => test.Name, StringComparer.Ordinal);
        foreach ((string alias, string name) in new[]
        {
            ("eq", "equalto"), ("==", "equalto"), ("!=", "ne"), ("lessthan", "lt"), ("<", "lt"), ("<=", "le"), ("greaterthan", "gt"), (">", "gt"), (">=", "ge"),
        })
        {
            table[alias] = table[name];
        }

        return table;
    }
}
