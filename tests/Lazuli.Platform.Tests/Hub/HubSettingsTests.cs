using Lazuli.Registry;

namespace Lazuli.Platform.Tests;

/// <summary>What callers say of a hub, before anything is sent.</summary>
public sealed class HubSettingsTests
{
    [Fact]
    public void Tokens_travel_over_https_or_inside_the_machine_only()
    {
        Assert.True(new HubSettings("https://hub.example", "t").MaySendToken);
        Assert.True(new HubSettings("http://127.0.0.1:5", "t").MaySendToken);
        Assert.True(new HubSettings("http://localhost", "t").MaySendToken);
        Assert.False(new HubSettings("http://hub.example", "t").MaySendToken);
        Assert.False(new HubSettings("https://hub.example", "  ").HasToken);
        HubException bad = Assert.Throws<HubException>(() => new HubSettings("https://hub.example", "hf_secret\nX-Evil: 1"));
        Assert.DoesNotContain("hf_secret", bad.ToString(), StringComparison.Ordinal);
        Assert.All(new[] { "hub.example", "ftp://hub.example", "https://user:pass@hub.example", "https://hub.example?x=1" }, e => Assert.Throws<HubException>(() => new HubSettings(e, null)));
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("a/b/c")]
    [InlineData("acme/..")]
    [InlineData("../acme")]
    [InlineData("acme/ti ny")]
    [InlineData("acme/tiny@")]
    [InlineData("acme/tiny@../x")]
    [InlineData("acme/tiny@a b")]
    [InlineData("acme/tiny?x=1")]
    [InlineData("")]
    public void A_reference_that_is_none_is_refused(string text) => Assert.Equal(HubFailure.Usage, Assert.Throws<HubException>(() => HubReference.Parse(text)).Failure);
}
