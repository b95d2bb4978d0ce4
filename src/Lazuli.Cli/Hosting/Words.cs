using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;

namespace Lazuli.Cli;

/// <summary>Members of an enumeration on the command line: words with hyphens, such as <c>public-interest</c>. The name in code is taken too.</summary>
internal static class Words
{
    /// <summary>An option that takes one.</summary>
    public static Option<T> Option<T>(string name, T? otherwise = null)
        where T : struct, Enum
    {
        var option = new Option<T>(name) { CustomParser = One<T>, HelpName = All<T>() };
        if (otherwise is { } value)
        {
            option.DefaultValueFactory = _ => value;
        }

        option.CompletionSources.Add(_ => Enum.GetValues<T>().Select(member => new System.CommandLine.Completions.CompletionItem(Of(member))));
        return option;
    }

    /// <summary>An option that takes several.</summary>
    public static Option<T[]> Many<T>(string name, params T[] otherwise)
        where T : struct, Enum => new(name)
        {
            CustomParser = result => [.. result.Tokens.Select(token => Parse<T>(token.Value, result))],
            DefaultValueFactory = _ => otherwise,
            HelpName = All<T>(),
            AllowMultipleArgumentsPerToken = true,
        };

    /// <summary>An argument that is one.</summary>
    public static Argument<T> Argument<T>(string name)
        where T : struct, Enum => new(name) { CustomParser = One<T>, HelpName = All<T>() };

    /// <summary>A member's word.</summary>
    public static string Of<T>(T member)
        where T : struct, Enum
    {
        string name = member.ToString();
        var word = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetterUpper(name[i]) && i > 0)
            {
                word.Append('-');
            }

            word.Append(char.ToLower(name[i], CultureInfo.InvariantCulture));
        }

        return word.ToString();
    }

    private static string All<T>()
        where T : struct, Enum => string.Join('|', Named<T>().Select(Of));

    private static T One<T>(ArgumentResult result)
        where T : struct, Enum => Parse<T>(result.Tokens[0].Value, result);

    private static T Parse<T>(string text, ArgumentResult result)
        where T : struct, Enum
    {
        foreach (T member in Named<T>())
        {
            if (string.Equals(Of(member), text, StringComparison.OrdinalIgnoreCase) || string.Equals(member.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return member;
            }
        }

        result.AddError($"'{text}' is none of {string.Join(", ", Named<T>().Select(Of))}.");
        return default;
    }

    /// <summary>The members that can be meant: flags have one for nothing.</summary>
    private static IEnumerable<T> Named<T>()
        where T : struct, Enum => Enum.GetValues<T>().Where(member => member.ToString() != "None" && (!typeof(T).IsDefined(typeof(FlagsAttribute), inherit: false) || long.IsPow2(Convert.ToInt64(member, CultureInfo.InvariantCulture))));
}
