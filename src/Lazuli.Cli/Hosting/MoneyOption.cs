using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary>An amount on the command line: <c>12.34 EUR</c>.</summary>
internal static class MoneyOption
{
    /// <exception cref="CommandException">It is none.</exception>
    public static Money Parse(string what, string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2 && MoneyText.TryParse(words[0], words[1], out Money money)
            ? money
            : throw new CommandException($"{what} is '{text}'; write an amount and its currency, such as '12.34 EUR'.", ExitCode.Usage);
    }
}
