using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>A server elsewhere and the bearer that opens its admin API; where it is to be found is decided here and nowhere else.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Bearer">A personal token, a session, or an issuer's token.</param>
internal sealed record RemoteServer(Uri Address, string Bearer)
{
    /// <summary>The option's word for this machine's own home.</summary>
    public const string Local = "local";

    /// <summary>Names a server.</summary>
    public const string ServerVariable = "LAZULI_SERVER";

    /// <summary>Holds a token, which is never given as an argument: other processes see those.</summary>
    public const string TokenVariable = "LAZULI_TOKEN";

    private static readonly AsyncLocal<string?> s_asked = new();

    /// <summary>The option of every command that may be about a server elsewhere.</summary>
    public static readonly Option<string?> Option = new("--server")
    {
        Description = $"Address of a server elsewhere, https://HOST; '{Local}' for this home. Default: {ServerVariable}, else where 'lazuli login' signed in, else this home.",
        Recursive = true,
    };

    /// <summary>Never the bearer.</summary>
    public override string ToString() => Text(Address);

    /// <summary>An address as people write it.</summary>
    public static string Text(Uri address) => address.ToString().TrimEnd('/');

    /// <summary>Gives a noun, or a verb, the option.</summary>
    public static Command MayBeElsewhere(Command command)
    {
        command.Options.Add(Option);
        return command;
    }

    /// <summary>What this command line says of the server.</summary>
    public static void Ask(ParseResult parsed) => s_asked.Value = parsed.GetValue(Option);

    /// <summary>The address that the command line or the environment names; null when they name none.</summary>
    /// <exception cref="CommandException">It is no address that a token may be sent to.</exception>
    public static Uri? Named() =>
        (s_asked.Value ?? Environment.GetEnvironmentVariable(ServerVariable)) is { Length: > 0 } text && text != Local ? Parse(text) : null;

    /// <summary>The server that this command is about; null for this home.</summary>
    /// <exception cref="CommandException">The address is wrong, or nobody is signed in there.</exception>
    public static RemoteServer? Choose(LazuliHome home)
    {
        string? asked = s_asked.Value ?? Environment.GetEnvironmentVariable(ServerVariable);
        if (asked == Local)
        {
            return null;
        }

        Uri? named = Named();
        SavedSession? saved = SavedSession.Read(home);
        Uri? address = named ?? saved?.Server;
        if (address is null)
        {
            return null;
        }

        string? bearer = Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token.Trim() : saved?.Server == address ? saved.Session : null;
        return new RemoteServer(address, bearer ?? throw new CommandException($"Nobody is signed in to {Text(address)}: run 'lazuli login --server {Text(address)}', or set {TokenVariable}.", ExitCode.Refused));
    }

    /// <summary>An address that a token may be sent to: https, or this machine.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp) || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new CommandException("The server's address is not one: write https://HOST or https://HOST:PORT.", ExitCode.Usage);
        }

        if (address.UserInfo.Length > 0)
        {
            throw new CommandException($"The server's address holds a name or a password; tokens come from {TokenVariable} or from 'lazuli login', never from an address.", ExitCode.Usage);
        }

        return address.Scheme == Uri.UriSchemeHttps || address.IsLoopback || (IPAddress.TryParse(address.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip))
            ? new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/'))
            : throw new CommandException($"{address} is not https: a token sent there could be read on the way. Only this machine itself may be asked by http.", ExitCode.Usage);
    }

    /// <summary>A client of its admin API. It follows no redirect, which could take the token elsewhere.</summary>
    public HttpClient Connect()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15) })
        {
            BaseAddress = new Uri(Text(Address) + "/admin/v1/"),
            Timeout = TimeSpan.FromMinutes(10),
        };
        try
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Bearer);
            return client;
        }
        catch (FormatException)
        {
            client.Dispose();
            throw new CommandException("The token has characters that no token has.", ExitCode.Usage); // without its cause, whose message repeats the token
        }
    }
}
