using System.Globalization;

namespace Lazuli.Cli;

/// <summary>Whole numbers from <paramref name="Low"/> to <paramref name="High"/>, both included.</summary>
internal readonly record struct TokenRange(int Low, int High)
{
    private const int Most = 1_048_576;

    /// <summary>Reads <c>N</c> or <c>LOW-HIGH</c>.</summary>
    /// <exception cref="CommandException">It is neither, or out of range; <paramref name="option"/> is named.</exception>
    public static TokenRange Parse(string option, string text)
    {
        string[] ends = text.Split('-', 2);
        return TryRead(ends[0], out int low) && TryRead(ends[^1], out int high) && low <= high
            ? new TokenRange(low, high)
            : throw new CommandException($"{option} is '{text}'; expected a whole number from 1 to 1,048,576, or two with a hyphen between, the smaller first, such as 64-256.", ExitCode.Usage);
    }

    /// <summary>One of the numbers, each as likely.</summary>
    public int Draw(Random random) => random.Next(Low, High + 1);

    public override string ToString() => Low == High ? Low.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Low}-{High}");

    private static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= Most;
}
