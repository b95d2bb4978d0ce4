namespace Lazuli.Gateway.Tests;

public sealed class WebhookSecretTests
{
    [Fact]
    public void Signs_as_the_specifications_own_libraries_do() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSecret.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""u8));

    [Fact]
    public void A_new_secret_is_read_back_from_its_text_and_is_never_the_same()
    {
        var secret = WebhookSecret.Generate();
        Assert.Equal(secret.Reveal(), WebhookSecret.Parse(secret.Reveal()).Reveal());
        Assert.NotEqual(secret.Reveal(), WebhookSecret.Generate().Reveal());
        Assert.Equal(32, secret.Bytes.Length);
        Assert.DoesNotContain(secret.Reveal()[6..], secret.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_not base64!")]
    [InlineData("whsec_AAAA")]
    public void What_is_no_secret_is_refused(string text) => Assert.ThrowsAny<Exception>(() => WebhookSecret.Parse(text));
}
