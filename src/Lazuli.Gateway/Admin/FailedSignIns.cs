using System.Net;
using System.Net.Sockets;

namespace Lazuli.Gateway;

/// <summary>Counts failed sign-ins by address, so that nobody tries tokens one after the other. Memory is bounded: where too many addresses fail at once, the oldest is forgotten.</summary>
internal sealed class FailedSignIns(TimeProvider time)
{
    /// <summary>Failures in a window after which an address waits for its end.</summary>
    public const int Most = 10;

    /// <summary>Addresses that are remembered.</summary>
    public const int MostAddresses = 10_000;

    /// <summary>From an address's first failure on.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int NetworkBytes = 8; // a caller with IPv6 has a whole /64
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (long Since, int Count)> _failures = [];

    /// <summary>Addresses that are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _failures.Count;
            }
        }
    }

    /// <summary>How long an address has to wait; null when it need not.</summary>
    public TimeSpan? WaitOf(IPAddress? address)
    {
        lock (_gate)
        {
            return _failures.TryGetValue(KeyOf(address), out (long Since, int Count) failed) && failed.Count >= Most && Window - time.GetElapsedTime(failed.Since) is { Ticks: > 0 } left ? left : null;
        }
    }

    /// <summary>Notes a failure.</summary>
    public void Add(IPAddress? address)
    {
        IPAddress key = KeyOf(address);
        lock (_gate)
        {
            if (_failures.TryGetValue(key, out (long Since, int Count) failed) && time.GetElapsedTime(failed.Since) < Window)
            {
                _failures[key] = (failed.Since, failed.Count + 1);
                return;
            }

            if (_failures.Count >= MostAddresses)
            {
                Forget();
            }

            _failures[key] = (time.GetTimestamp(), 1);
        }
    }

    private void Forget()
    {
        IPAddress[] over = [.. _failures.Where(entry => time.GetElapsedTime(entry.Value.Since) >= Window).Select(entry => entry.Key)];
        foreach (IPAddress address in over.Length > 0 ? over : [_failures.MinBy(entry => entry.Value.Since).Key])
        {
            _failures.Remove(address);
        }
    }

    private static IPAddress KeyOf(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address ?? IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
