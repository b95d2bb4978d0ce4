using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>Where the process that holds a home answers the admin API: a Unix socket that only the home's owner may open.</summary>
internal static class AdminSocket
{
    /// <summary>Longest path that a socket address holds on every system (sun_path has 104 bytes on some, with the end mark).</summary>
    private const int LongestPath = 100;

    /// <summary>In the home itself; where its path is too long for a socket, in the folder for temporary files under a name made from it.</summary>
    public static string PathOf(LazuliHome home)
    {
        string path = Path.Combine(home.Root, "admin.sock");
        return Encoding.UTF8.GetByteCount(path) <= LongestPath
            ? path
            : Path.Combine(Path.GetTempPath(), $"lazuli-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home.Root)))[..16]}.sock");
    }

    /// <summary>A client of it.</summary>
    public static HttpClient Connect(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://lazuli.local/admin/v1/"),
        Timeout = TimeSpan.FromMinutes(10),
    };

    /// <summary>Whether somebody listens there.</summary>
    public static async Task<bool> AnswersAsync(string path, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Removes what a killed process left; the caller holds the home's lock, so nobody listens there.</summary>
    public static void Clear(string path) => File.Delete(path);

    /// <summary>Lets only the owner connect.</summary>
    public static void Guard(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
