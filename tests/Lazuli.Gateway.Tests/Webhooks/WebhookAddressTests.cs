using System.Net;
using Lazuli.Contracts;
using Lazuli.Storage;
using Lazuli.Testing;
using static Lazuli.Gateway.Tests.WebhookWorld;

namespace Lazuli.Gateway.Tests;

public sealed class WebhookAddressTests
{
    private static readonly WebhookOptions s_closed = new();
    private static readonly WebhookOptions s_open = new() { AllowPrivateNetworks = true, AllowLoopback = true };

    [Theory]
    [InlineData("https://hooks.example.com/lazuli?tenant=1")]
    [InlineData("https://93.184.216.34:8443/")]
    [InlineData("https://[2606:2800:220:1:248:1893:25c8:1946]/")]
    public void A_public_https_url_will_do(string url) => Assert.Null(WebhookAddress.Problem(url, s_closed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hooks.example.com")]
    [InlineData("/relative")]
    [InlineData("http://hooks.example.com/")]
    [InlineData("ftp://hooks.example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://user:password@hooks.example.com/")]
    [InlineData("https://hooks.example.com/#top")]
    [InlineData("https://hooks.example.com/a b")]
    [InlineData("https://hooks.example.com/\r\nHost: evil")]
    [InlineData("https://hooks.example.com\\@169.254.169.254/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://2852039166/")]
    [InlineData("https://0xa9fea9fe/")]
    [InlineData("https://0251.0376.0251.0376/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://0/")]
    public void Nothing_else_whatever_the_settings(string? url) => Assert.NotNull(WebhookAddress.Problem(url, s_open));

    [Theory]
    [InlineData("https://localhost/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://192.168.1.1/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[fd00::1]/")]
    public void This_machine_and_private_networks_only_where_settings_say_so(string url)
    {
        Assert.NotNull(WebhookAddress.Problem(url, s_closed));
        Assert.Null(WebhookAddress.Problem(url, s_open));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("169.254.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2001:0:1:2:3:4:5601:5601")]
    public void Addresses_of_the_link_and_of_metadata_are_never_called(string address) => Assert.NotNull(WebhookAddress.Problem(IPAddress.Parse(address), s_open));

    [Theory]
    [InlineData("9.255.255.255", null)]
    [InlineData("10.0.0.0", "private")]
    [InlineData("10.255.255.255", "private")]
    [InlineData("11.0.0.0", null)]
    [InlineData("172.15.255.255", null)]
    [InlineData("172.16.0.0", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("172.32.0.0", null)]
    [InlineData("100.63.255.255", null)]
    [InlineData("100.64.0.0", "private")]
    [InlineData("100.128.0.0", null)]
    [InlineData("169.253.255.255", null)]
    [InlineData("169.255.0.0", null)]
    [InlineData("fdff::1", "private")]
    [InlineData("fe00::1", null)]
    [InlineData("64:ff9b::a00:1", "private")]
    public void Networks_end_where_they_end(string address, string? problem)
    {
        string? found = WebhookAddress.Problem(IPAddress.Parse(address), s_closed);
        Assert.True(problem is null ? found is null : found!.Contains(problem, StringComparison.Ordinal), found);
    }

    [Fact]
    public async Task A_name_is_judged_by_the_addresses_that_it_leads_to_when_it_is_called()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        string named = receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        WebhookWithSecret added = await world.AddAsync(Acme, named);
        Assert.Null((await world.Register.TestAsync(Actor.Local, added.Endpoint.Id, default)).Error);

        await using WebhookWorld closed = world.OpenAgain(options => options.AllowLoopback = false);
        Assert.NotNull((await closed.Register.TestAsync(Actor.Local, added.Endpoint.Id, default)).Error);
        Assert.Single(receiver.All);
    }

    [Theory]
    [InlineData("169.254.169.254 is link-local", "169.254.169.254")]
    [InlineData("10.0.0.1 is in a private network", "10.0.0.1", "::ffff:169.254.169.254")]
    [InlineData("Cannot connect: HostNotFound.")]
    [InlineData("The ", "10.0.0.1", "127.0.0.1")] // the second may be called: it answers, but not over TLS
    public async Task A_harmless_name_with_other_addresses_behind_it_is_not_followed(string said, params string[] addresses)
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        using var sender = new WebhookSender(
            Microsoft.Extensions.Options.Options.Create(new WebhookOptions { AllowLoopback = true }), new MadeUpNames([.. addresses.Select(IPAddress.Parse)]), TimeProvider.System);
        int port = new Uri(receiver.Url).Port;
        WebhookAnswer answer = await sender.SendAsync($"https://hooks.example.com:{port}/", "evt_1", "{}", [WebhookSecret.Generate()], default);
        Assert.StartsWith(said, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_at_the_other_end_is_a_failure_in_few_words()
    {
        await using WebhookWorld world = await OpenAsync();
        WebhookWithSecret added = await world.AddAsync(Acme, "https://127.0.0.1:9/");
        WebhookTest test = await world.Register.TestAsync(Actor.Local, added.Endpoint.Id, default);
        Assert.Equal((null, "Cannot connect: ConnectionRefused."), (test.Status, test.Error));
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        WebhookWithSecret plain = await world.AddAsync(Acme, receiver.Url.Replace("http:", "https:", StringComparison.Ordinal));
        Assert.StartsWith("The ", (await world.Register.TestAsync(Actor.Local, plain.Endpoint.Id, default)).Error, StringComparison.Ordinal);
    }

    private sealed class MadeUpNames(IPAddress[] addresses) : WebhookNames
    {
        public override Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken) => Task.FromResult(addresses);
    }
}
