namespace Lazuli.EndToEnd.Tests;

/// <summary>A home that must not be used as it is: the reason is one line, without the host's stack traces.</summary>
public sealed class RefusedHomeTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Theory]
    [InlineData("log/checkpoint", "The log was refused at ")]
    [InlineData("money.db", "money.db")]
    public async Task A_damaged_home_is_refused_in_one_line(string file, string told)
    {
        LazuliProgram.Finished first = await _lazuli.RunAsync("party", "list");
        Assert.True(first.ExitCode == 0, first.Errors);
        await File.WriteAllTextAsync(Path.Combine(_lazuli.Home, file), "something else\n", TestContext.Current.CancellationToken);
        foreach (string suffix in new[] { "-wal", "-shm" })
        {
            File.Delete(Path.Combine(_lazuli.Home, file + suffix));
        }

        LazuliProgram.Finished refused = await _lazuli.RunAsync("party", "list");
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("lazuli: ", refused.Errors, StringComparison.Ordinal);
        Assert.Contains(told, refused.Errors, StringComparison.Ordinal);
        Assert.Single(refused.Errors.TrimEnd().Split('\n'));
    }

    public void Dispose() => _lazuli.Dispose();
}
