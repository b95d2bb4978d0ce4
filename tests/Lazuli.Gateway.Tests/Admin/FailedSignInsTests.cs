using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Lazuli.Gateway.Tests;

public sealed class FailedSignInsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_address_waits_from_its_last_free_failure_to_the_windows_end()
    {
        var failed = new FailedSignIns(_time);
        IPAddress address = IPAddress.Parse("203.0.113.9");
        for (int i = 0; i < FailedSignIns.Most; i++)
        {
            Assert.Null(failed.WaitOf(address));
            failed.Add(address);
        }

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(FailedSignIns.Window - TimeSpan.FromSeconds(20), failed.WaitOf(address));
        Assert.NotNull(failed.WaitOf(address.MapToIPv6()));
        Assert.Null(failed.WaitOf(null));
        _time.Advance(FailedSignIns.Window);
        Assert.Null(failed.WaitOf(address));
        failed.Add(address);
        Assert.Null(failed.WaitOf(address));
    }

    [Fact]
    public void All_addresses_of_a_network_of_version_6_count_as_one()
    {
        var failed = new FailedSignIns(_time);
        for (int i = 0; i < FailedSignIns.Most; i++)
        {
            failed.Add(IPAddress.Parse($"2001:db8:1:2::{i}"));
        }

        Assert.NotNull(failed.WaitOf(IPAddress.Parse("2001:db8:1:2:ffff::1")));
        Assert.Null(failed.WaitOf(IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void Memory_is_bounded_and_the_oldest_is_forgotten_first()
    {
        var failed = new FailedSignIns(_time);
        IPAddress first = Address(0);
        for (int i = 0; i < FailedSignIns.Most; i++)
        {
            failed.Add(first);
        }

        for (int i = 1; i < FailedSignIns.MostAddresses; i++)
        {
            failed.Add(Address(i));
        }

        Assert.NotNull(failed.WaitOf(first));
        _time.Advance(TimeSpan.FromSeconds(1));
        failed.Add(Address(FailedSignIns.MostAddresses));
        _time.Advance(TimeSpan.FromSeconds(1));
        failed.Add(Address(FailedSignIns.MostAddresses + 1));
        Assert.True(failed.Count <= FailedSignIns.MostAddresses, failed.Count.ToString(CultureInfo.InvariantCulture));
    }

    private static IPAddress Address(int number) => new([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
}
