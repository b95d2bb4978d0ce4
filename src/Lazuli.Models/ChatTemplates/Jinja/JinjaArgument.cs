namespace Lazuli.Models;

/// <summary>Arguments of the type that a function works with.</summary>
internal static class JinjaArgument
{
    public static JinjaText Text(JinjaRun run, object? value) => value as JinjaText ?? throw run.Fail("a string", JinjaValues.Describe(value));

    public static long Integer(JinjaRun run, object? value) => value is long or bool ? JinjaValues.ToInteger(value) : throw run.Fail("an integer", JinjaValues.Describe(value));

    public static double Number(JinjaRun run, object? value) => JinjaValues.IsNumber(value) ? JinjaValues.ToDouble(value) : throw run.Fail("a number", JinjaValues.Describe(value));

    /// <summary>A count that fits an array.</summary>
    public static int Count(JinjaRun run, object? value, int max)
    {
        long count = Integer(run, value);
        return count >= 0 && count <= max ? (int)count : throw run.Fail($"a count from 0 to {max}", $"{count}");
    }
}
