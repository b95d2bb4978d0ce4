namespace Lazuli.EndToEnd.Tests;

public sealed class PartnershipDemoTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Fact]
    public async Task The_partnership_agrees_to_the_cent_and_its_report_stands_alone()
    {
        string report = Path.Combine(_lazuli.Home, "report.html");
        LazuliProgram.Finished demo = await _lazuli.RunAsync("demo", "partnership", "--output", report);
        Assert.True(demo.ExitCode == 0, demo.Errors);
        Assert.Contains("is refused: Your licence", demo.Errors, StringComparison.Ordinal);
        Assert.Contains("A safety hold is on the model 'aurora'", demo.Errors, StringComparison.Ordinal);
        Assert.Contains("all of them and no others", demo.Errors, StringComparison.Ordinal);
        Assert.Contains("which is not among those told", demo.Errors, StringComparison.Ordinal);

        string page = await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken);
        Assert.Contains("agree to the cent", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"", page);
        Assert.Equal(report, Assert.Single(Directory.EnumerateFiles(_lazuli.Home))); // it has a home of its own
    }

    [Fact]
    public async Task Commands_go_through_the_server_that_serves_the_home()
    {
        LazuliProgram.Finished model = await _lazuli.RunAsync("model", "random", "--params", "15M", "--output", Path.Combine(_lazuli.Home, "tiny.gguf"));
        Assert.True(model.ExitCode == 0, model.Errors);
        Assert.Equal(0, (await _lazuli.RunAsync("model", "import", Path.Combine(_lazuli.Home, "tiny.gguf"), "--name", "tiny")).ExitCode);
        using System.Diagnostics.Process server = _lazuli.Start("serve", "--port", "0");
        Assert.Contains("Serving", await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Assert.Equal(0, (await _lazuli.RunAsync("party", "add", "acme", "--kind", "customer")).ExitCode);
        LazuliProgram.Finished again = await _lazuli.RunAsync("party", "add", "acme", "--kind", "customer");
        Assert.Equal(3, again.ExitCode); // refused as things stand
        LazuliProgram.Finished wrong = await _lazuli.RunAsync("party", "add", "No Such Form", "--kind", "customer");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("No Such Form", wrong.Errors, StringComparison.Ordinal);
        LazuliProgram.Finished list = await _lazuli.RunAsync("party", "list", "--json");
        Assert.Contains("\"id\": \"acme\"", list.Output, StringComparison.Ordinal);
        Assert.Equal(0, await LazuliProgram.TerminateAsync(server));

        LazuliProgram.Finished after = await _lazuli.RunAsync("party", "list"); // now without a server
        Assert.Contains("acme", after.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _lazuli.Dispose();
}
