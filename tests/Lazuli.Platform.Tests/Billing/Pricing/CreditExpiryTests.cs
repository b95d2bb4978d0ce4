using Lazuli.Billing;
using Lazuli.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Lazuli.Platform.Tests;

public sealed class CreditExpiryTests
{
    [Fact]
    public async Task Every_minute_it_looks_and_a_failure_does_not_end_it()
    {
        var time = new FakeTimeProvider();
        var credits = new Credits();
        using var expiry = new CreditExpiry(credits, time, NullLogger<CreditExpiry>.Instance);
        await expiry.StartAsync(default);
        for (int asked = 0; asked < 3; asked++)
        {
            int minutes = 0;
            do
            {
                Assert.True(minutes++ < 3_000, "it never looked");
                time.Advance(TimeSpan.FromMinutes(1)); // the first ones may come before its timer is there
            }
            while (!await credits.Asked.WaitAsync(TimeSpan.FromMilliseconds(10)));
        }

        await expiry.StopAsync(default);
    }

    private sealed class Credits : ICredits
    {
        public SemaphoreSlim Asked { get; } = new(0);

        public int Times { get; private set; }

        public Task<int> ExpireAsync(CancellationToken cancellationToken)
        {
            Times++;
            Asked.Release();
            return Times == 1 ? throw new InvalidDataException() : Task.FromResult(1);
        }

        public Task GrantAsync(CreditGrant grant, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<long> ApplyAsync(PartyId party, PartyId issuer, Currency currency, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<IReadOnlyList<CreditBalance>> ListAsync(PartyId? party, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }
}
