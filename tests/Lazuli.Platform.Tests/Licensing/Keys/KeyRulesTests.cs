using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class KeyRulesTests
{
    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("::1", true)]
    [InlineData("192.0.2.7/24", false)]
    [InlineData("192.0.2.0/33", false)]
    [InlineData("192.0.2.0/-1", false)]
    [InlineData("192.0.2.0/", false)]
    [InlineData("192.0.2", false)]
    [InlineData("10", false)]
    [InlineData("0x7f.1", false)]
    [InlineData("010.0.0.1", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("::ffff:192.0.2.0/120", false)]
    [InlineData("", false)]
    [InlineData("localhost", false)]
    public void Only_addresses_and_networks_that_mean_one_thing_are_taken(string text, bool taken) => Assert.Equal(taken, KeyRules.ReadNetwork(text) is not null);
}
