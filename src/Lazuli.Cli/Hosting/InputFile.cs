using System.Globalization;
using System.Text.Json;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary>A file that a person gives to a command.</summary>
internal static class InputFile
{
    /// <summary>Its bytes.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="what">What it should be, e.g. <c>price plan</c>.</param>
    /// <param name="mostBytes">The largest that such a file is.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="CommandException">It is not there, or larger.</exception>
    public static async Task<byte[]> ReadAsync(string path, string what, long mostBytes, CancellationToken cancel)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"There is no file '{path}'.", ExitCode.Usage);
        }

        return new FileInfo(path).Length <= mostBytes
            ? await File.ReadAllBytesAsync(path, cancel).ConfigureAwait(false)
            : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{path} is larger than {mostBytes:N0} bytes; no {what} is."), ExitCode.Usage);
    }

    /// <summary>What it says, in the admin API's JSON.</summary>
    /// <exception cref="CommandException">It is not there, larger, or says something else.</exception>
    public static async Task<T> ReadJsonAsync<T>(string path, string what, long mostBytes, CancellationToken cancel)
        where T : class
    {
        byte[] bytes = await ReadAsync(path, what, mostBytes, cancel).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, AdminJson.Options) ?? throw new CommandException($"{path} is no {what}.", ExitCode.Usage);
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path} is no {what}: {e.Message}", ExitCode.Usage, e);
        }
    }
}
