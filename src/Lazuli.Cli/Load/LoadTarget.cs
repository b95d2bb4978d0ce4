namespace Lazuli.Cli;

/// <summary>Where a load goes.</summary>
/// <param name="Base">The API's base address, <c>…/v1</c>.</param>
/// <param name="Key">API key; null sends none.</param>
/// <param name="IsChat">Whether to ask <c>/chat/completions</c> instead of <c>/completions</c>.</param>
/// <param name="Timeout">How long a request may take.</param>
internal sealed record LoadTarget(Uri Base, string? Key, bool IsChat, TimeSpan Timeout)
{
    /// <summary>Environment variable that holds the key; a command line is no place for one, since every user of the machine can read it there.</summary>
    public const string KeyVariable = "LAZULI_API_KEY";

    /// <summary>Reads <c>http://HOST:PORT</c>, with or without <c>/v1</c>.</summary>
    /// <exception cref="CommandException">It is no address of an API.</exception>
    public static Uri ParseBase(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            throw new CommandException($"'{text}' is not the address of a server; expected one such as http://127.0.0.1:8080.", ExitCode.Usage);
        }

        if (url.UserInfo.Length > 0)
        {
            throw new CommandException($"An address with a name or password in it is not taken; put the key into {KeyVariable}.", ExitCode.Usage);
        }

        string path = url.AbsolutePath.TrimEnd('/');
        return new UriBuilder(url) { Path = path.EndsWith("/v1", StringComparison.Ordinal) ? path + "/" : path + "/v1/" }.Uri;
    }
}
