namespace Lazuli.Models;

/// <summary>Python's operators on two values.</summary>
internal static class JinjaOperators
{
    public static object Apply(JinjaRun run, string symbol, object? left, object? right)
    {
        switch (symbol, left, right)
        {
            case ("+", JinjaText a, JinjaText b):
                return JinjaStrings.Concat(run, a, b);
            case ("+", JinjaList a, JinjaList b) when a.IsTuple == b.IsTuple:
                run.Made((a.Items.Count + b.Items.Count) * 2L);
                return new JinjaList([.. a.Items, .. b.Items], a.IsTuple);
            case ("*", JinjaText a, long or bool):
                return JinjaStrings.Repeat(run, a, JinjaValues.ToInteger(right));
            case ("*", long or bool, JinjaText b):
                return JinjaStrings.Repeat(run, b, JinjaValues.ToInteger(left));
            case ("*", JinjaList a, long or bool):
                return RepeatList(run, a, JinjaValues.ToInteger(right));
            case ("*", long or bool, JinjaList b):
                return RepeatList(run, b, JinjaValues.ToInteger(left));
        }

        if (!JinjaValues.IsNumber(left) || !JinjaValues.IsNumber(right))
        {
            throw run.Fail($"operands that '{symbol}' works with (two numbers{(symbol == "+" ? ", two strings or two lists" : "")})", $"{JinjaValues.Describe(left)} and {JinjaValues.Describe(right)}");
        }

        if (symbol is "/" or "//" or "%" && JinjaValues.ToDouble(right) == 0)
        {
            throw run.Fail("a divisor other than zero", "0");
        }

        try
        {
            return left is double || right is double || symbol == "/"
                ? OnDoubles(run, symbol, JinjaValues.ToDouble(left), JinjaValues.ToDouble(right))
                : OnIntegers(run, symbol, JinjaValues.ToInteger(left), JinjaValues.ToInteger(right));
        }
        catch (OverflowException)
        {
            throw run.Fail("a result of 64 bits", "a larger one");
        }
    }

    public static object Negate(JinjaRun run, object? value) => value switch
    {
        double number => (object)-number,
        long or bool when JinjaValues.ToInteger(value) != long.MinValue => -JinjaValues.ToInteger(value),
        _ => throw run.Fail("a number", JinjaValues.Describe(value)),
    };

    public static bool Compare(JinjaRun run, string symbol, object? left, object? right)
    {
        switch (symbol)
        {
            case "==":
                return JinjaValues.AreEqual(run, left, right);
            case "!=":
                return !JinjaValues.AreEqual(run, left, right);
            case "in":
                return Contains(run, right, left);
            case "not in":
                return !Contains(run, right, left);
        }

        if (left is double.NaN || right is double.NaN)
        {
            return false;
        }

        int order = JinjaValues.Compare(run, left, right);
        return symbol switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    public static bool Contains(JinjaRun run, object? container, object? value)
    {
        switch (container)
        {
            case JinjaText text when value is JinjaText part:
                run.SpendSearch(text.Length, part.Length);
                return text.Value.Contains(part.Value, StringComparison.Ordinal);
            case JinjaList list:
                return list.Items.Exists(item => JinjaValues.AreEqual(run, item, value));
            case JinjaDict dict:
                return JinjaDict.IsKey(value) && dict.TryGet(value, out _);
            case JinjaUndefined:
                return false;
            default:
                throw run.Fail("'in' with a list, a dictionary, or two strings", $"{JinjaValues.Describe(value)} in {JinjaValues.Describe(container)}");
        }
    }

    private static JinjaList RepeatList(JinjaRun run, JinjaList list, long count)
    {
        count = Math.Max(0, count);
        run.CheckOutput(list.Items.Count == 0 ? 0 : count > int.MaxValue ? long.MaxValue : count * list.Items.Count);
        var items = new List<object?>();
        for (; count > 0 && list.Items.Count > 0; count--)
        {
            run.Made(list.Items.Count * 2L);
            items.AddRange(list.Items);
        }

        return new JinjaList(items, list.IsTuple);
    }

    private static object OnDoubles(JinjaRun run, string symbol, double a, double b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        "//" => Math.Floor(a / b),
        "%" => a - (b * Math.Floor(a / b)),
        "**" => a < 0 && b != Math.Floor(b) ? throw run.Fail("a power that is a real number", "another") : Math.Pow(a, b),
        _ => throw run.Fail("an operator on numbers", $"'{symbol}'"),
    };

    private static object OnIntegers(JinjaRun run, string symbol, long a, long b) => symbol switch
    {
        "+" => (object)checked(a + b),
        "-" => checked(a - b),
        "*" => checked(a * b),
        "//" => b == -1 ? checked(-a) : (a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0),
        "%" => b == -1 ? 0L : ((a % b) + b) % b,
        "**" => b < 0 ? (object)Math.Pow(a, b) : Power(a, b),
        _ => throw run.Fail("an operator on numbers", $"'{symbol}'"),
    };

    private static long Power(long value, long exponent)
    {
        if (value is 0 or 1 or -1)
        {
            return exponent == 0 ? 1 : value == -1 && exponent % 2 == 0 ? 1 : value;
        }

        long power = 1;
        for (; exponent > 0; exponent--)
        {
            power = checked(power * value); // overflows after at most 63 rounds
        }

        return power;
    }
}
