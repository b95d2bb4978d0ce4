using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>Members of enumerations in paths and queries, by name as in JSON; routing's own binding wants them as C# writes them.</summary>
internal static class AdminName
{
    /// <exception cref="AdminRefusedException">There is no member of that name.</exception>
    public static T Parse<T>(string what, string text)
        where T : struct, Enum =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw new AdminRefusedException(
                StatusCodes.Status400BadRequest,
                AdminRefusals.TitleOf(StatusCodes.Status400BadRequest),
                $"The {what} is one of {string.Join(", ", Enum.GetNames<T>().Select(name => char.ToLowerInvariant(name[0]) + name[1..]))}; got '{text}'.");
}
