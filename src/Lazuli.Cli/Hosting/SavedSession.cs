using System.Text.Json;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>Where one is signed in: a server and a session there, in a file of the home that only its owner may read.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Session">The session's text.</param>
/// <param name="Id">Its id, by which it is ended.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
internal sealed record SavedSession(Uri Server, string Session, string Id, DateTimeOffset? ExpiresAt)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Never the session itself.</summary>
    public override string ToString() => $"{Id} at {Server}";

    /// <summary>The file.</summary>
    public static string PathOf(LazuliHome home) => Path.Combine(home.Root, "login.json");

    /// <summary>What is kept; null when one is not signed in.</summary>
    /// <exception cref="CommandException">The file is not as it was written, or others may read it.</exception>
    public static SavedSession? Read(LazuliHome home)
    {
        string path = PathOf(home);
        if (!File.Exists(path))
        {
            return null;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None)
        {
            throw new CommandException($"{path} may be read by others, so it is not used. End the session with 'lazuli user revoke' elsewhere, remove the file and sign in again.", ExitCode.Refused);
        }

        try
        {
            return JsonSerializer.Deserialize<SavedSession>(File.ReadAllBytes(path), JsonSerializerOptions.Web) is { Server: not null, Session: not null, Id: not null } saved ? saved : throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path} is not as 'lazuli login' writes it; remove it and sign in again.", ExitCode.Failed, e);
        }
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public void Write(LazuliHome home)
    {
        Directory.CreateDirectory(home.Root);
        string path = PathOf(home);
        string half = path + ".new";
        File.Delete(half);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var file = new FileStream(half, options))
        {
            JsonSerializer.Serialize(file, this, JsonSerializerOptions.Web);
        }

        File.Move(half, path, overwrite: true);
    }

    /// <summary>Forgets it.</summary>
    public static void Forget(LazuliHome home) => File.Delete(PathOf(home));
}
