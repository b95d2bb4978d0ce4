using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class OpenIdOptionsTests
{
    [Fact]
    public void Nothing_configured_is_right() => Assert.True(new OpenIdOptionsValidator().Validate(null, new OpenIdOptions()).Succeeded);

    [Fact]
    public void An_issuer_and_an_audience_are_right() =>
        Assert.True(new OpenIdOptionsValidator().Validate(null, new OpenIdOptions { Issuer = "https://login.example/t/v2.0", Audience = "app" }).Succeeded);

    [Theory]
    [InlineData("https://login.example", "", "", "Audience is empty")]
    [InlineData("http://login.example", "app", "", "https")]
    [InlineData("not a url", "app", "", "https")]
    [InlineData("https://login.example/{tenantid}/v2.0", "app", "", "needs OpenId.MetadataAddress")]
    public void Settings_with_which_anybody_could_sign_in_are_refused(string issuer, string audience, string metadata, string says) =>
        Assert.Contains(says, new OpenIdOptionsValidator().Validate(null, new OpenIdOptions { Issuer = issuer, Audience = audience, MetadataAddress = metadata }).FailureMessage, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_role_is_refused()
    {
        var options = new OpenIdOptions { Issuer = "https://login.example", Audience = "app" };
        options.Roles["Admins"] = "king";
        Assert.Contains("'king'", new OpenIdOptionsValidator().Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }
}
