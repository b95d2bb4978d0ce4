using System.Diagnostics;
using System.Globalization;

namespace Lazuli.Testing;

/// <summary>A PostgreSQL server of the tests' own, from Debian's package: new data, a Unix socket in a temporary folder, syncs as in production.</summary>
/// <remarks>One a test process, started by the first test that asks. It ends with the process, even one that is killed: its keeper notices.</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The server refuses to run as root, so its keeper becomes postgres first. It waits for the end of its input, which comes when the test process ends.</summary>
    private const string Keeper = """
        folder="$1"; shift
        "$@" & server=$!
        cat > /dev/null
        kill -INT $server; wait $server
        rm -rf "$folder"
        """;

    private static readonly Lazy<Task<PostgresServer>> s_shared = new(StartAsync);

    private readonly Process _keeper;
    private readonly string _folder;

    private PostgresServer(Process keeper, string folder)
    {
        _keeper = keeper;
        _folder = folder;
    }

    /// <summary>Why there can be none on this machine; null when there can.</summary>
    public static string? Missing { get; } = FindPrograms() is null ? "PostgreSQL is not installed: run ./test --install, or install Debian's package postgresql." : null;

    /// <summary>The server of this test process.</summary>
    public static Task<PostgresServer> SharedAsync() => s_shared.Value;

    /// <summary>Stops the shared server, if it was started.</summary>
    public static async Task StopSharedAsync()
    {
        if (s_shared.IsValueCreated)
        {
            await (await s_shared.Value).DisposeAsync();
        }
    }

    /// <summary>Starts a server.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        string programs = FindPrograms() ?? throw new InvalidOperationException(Missing);
        string folder = Directory.CreateTempSubdirectory("lazuli-pg-").FullName;
        string data = Path.Combine(folder, "data");
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", "postgres", folder);
        }

        string[] initialise = AsServer(Path.Combine(programs, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N");
        await RunAsync(initialise[0], initialise[1..]);
        string[] serve = AsServer(
            "bash", "-c", Keeper, "keeper", folder, Path.Combine(programs, "postgres"), "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories=" + folder,
            "-c", "max_connections=80", "-c", "shared_buffers=64MB");
        var start = new ProcessStartInfo(serve[0], serve[1..]) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        Process keeper = Process.Start(start)!;
        string said = "";
        while (await keeper.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                _ = keeper.StandardError.ReadToEndAsync(); // a full pipe would stop it
                return new PostgresServer(keeper, folder);
            }

            said += line + "\n";
        }

        throw new InvalidOperationException("PostgreSQL did not start: " + said);
    }

    /// <summary>Npgsql's connection string of one of its databases.</summary>
    public string ConnectionString(string database) => string.Create(CultureInfo.InvariantCulture, $"Host={_folder};Username=postgres;Database={database}");

    public async ValueTask DisposeAsync()
    {
        if (!_keeper.HasExited)
        {
            _keeper.StandardInput.Close();
            await _keeper.WaitForExitAsync();
        }

        _keeper.Dispose();
    }

    private static string? FindPrograms()
    {
        const string Installed = "/usr/lib/postgresql";
        return Directory.Exists(Installed)
            ? Directory.EnumerateDirectories(Installed).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "postgres")))
            : null;
    }

    private static string[] AsServer(params string[] command) =>
        Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. command] : command;

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output}{errors}");
        }
    }
}
