using Lazuli.Cli;
using Lazuli.Storage;

namespace Lazuli.EndToEnd.Tests;

public sealed class SettingsTableTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Fact]
    public async Task Entries_of_tables_come_from_the_file_and_the_environment_with_their_names_as_they_are()
    {
        await WriteAsync("""{"OpenId":{"Tenants":{"AbC-1":"acme"},"Roles":{"Lazuli.Reader":"viewer","spaced name":"finance"}}}""");
        _lazuli.Environment["LAZULI__OpenId__Tenants__d-2"] = "lab";
        LazuliProgram.Finished shown = await _lazuli.RunAsync("config", "show");
        Assert.True(shown.ExitCode == 0, shown.Errors);
        Assert.Matches(@"OpenId\.Tenants\.AbC-1\s+acme\s+.*config\.json", shown.Output);
        Assert.Matches(@"OpenId\.Tenants\.d-2\s+lab\s+LAZULI__OpenId__Tenants__d-2", shown.Output);
        Assert.Matches(@"OpenId\.Roles\.Lazuli\.Reader\s+viewer", shown.Output);
        Dictionary<string, string?> configuration = SettingsReader.Read(new LazuliHome(_lazuli.Home)).ToConfiguration().ToDictionary();
        Assert.Equal(("acme", "viewer", "finance"), (configuration["OpenId:Tenants:AbC-1"], configuration["OpenId:Roles:Lazuli.Reader"], configuration["OpenId:Roles:spaced name"]));
    }

    [Theory]
    [InlineData("""{"OpenId":{"Tenants":{"a:b":"acme"}}}""", "without a colon")]
    [InlineData("""{"OpenId":{"Tenants":{"a":""}}}""", "OpenId.Tenants wants entries")]
    [InlineData("""{"OpenId":{"Tenants":"acme"}}""", "unknown setting 'OpenId.Tenants'")]
    [InlineData("""{"Serve":{"Port":{"a":1}}}""", "unknown setting 'Serve.Port.a'")]
    [InlineData("""{"OpenId":{"Issuer":"https://i","Audience":"a","Roles":{"x":"emperor"}}}""", "emperor")]
    public async Task A_table_that_cannot_be_is_told(string settings, string told)
    {
        await WriteAsync(settings);
        LazuliProgram.Finished finished = await _lazuli.RunAsync("party", "list");
        Assert.Equal(2, finished.ExitCode);
        Assert.Contains(told, finished.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", finished.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _lazuli.Dispose();

    private Task WriteAsync(string settings) => File.WriteAllTextAsync(Path.Combine(_lazuli.Home, "config.json"), settings, TestContext.Current.CancellationToken);
}
