using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>Accounts and prices to admit with.</summary>
internal static class BookSamples
{
    public static readonly Currency Euro = new("EUR");

    public static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static readonly TokenPrices Prices = new("standard@1", new PartyId("seller"), Euro, 2, 1, 10);

    public static readonly MeterProfile Profile = new(1, "key", new ProjectId("project"), new PartyId("party"), "grant_a grant_b", "tiny", "sha256:00", Prices, Batch: false);

    public static AdmissionMoment At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond), Start.AddSeconds(seconds));

    public static AccountState Account(AccountLimits limits, long id = 1)
    {
        var account = new AccountState(id, LimitSubject.Key("key" + id.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        {
            Limits = limits,
            Currency = (limits.SpendPerDay ?? limits.SpendPerMonth)?.Amount.Currency ?? limits.PrepaidIn,
        };
        account.Advance(At(0));
        return account;
    }

    public static SpendLimit Hard(long nanos) => new(new Money(nanos, Euro), IsHard: true);

    public static AdmissionAnswer Admit(AccountState[] accounts, long prompt, long most, double seconds, long chunk = 64) =>
        AdmissionBook.Admit(Guid.CreateVersion7(), Profile, accounts, prompt, most, chunk, At(seconds));

    public static Hold Held(AdmissionAnswer answer) => Assert.IsType<AdmissionAnswer.Admitted>(answer).Hold;
}
