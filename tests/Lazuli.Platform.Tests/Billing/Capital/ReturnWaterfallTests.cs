using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests;

public sealed class ReturnWaterfallTests
{
    [Fact]
    public void Above_every_cap_all_goes_to_the_residual_owner()
    {
        Distribution divided = ReturnWaterfall.Divide([Position("a", 100, 200, 0), Position("b", 300, 100, 0)], 1000);
        Assert.Equal([200L, 300], divided.Parts.Select(part => part.Nanos));
        Assert.Equal(500, divided.ResidualNanos);
    }

    [Fact]
    public void Below_the_caps_it_goes_in_proportion_to_what_was_drawn() =>
        Assert.Equal([25L, 75], ReturnWaterfall.Divide([Position("a", 100, 10_000, 0), Position("b", 300, 10_000, 0)], 100).Parts.Select(part => part.Nanos));

    [Fact]
    public void What_a_full_cap_turns_away_goes_to_the_others() =>
        Assert.Equal([20L, 180], ReturnWaterfall.Divide([Position("a", 100, 100, 80), Position("b", 100, 1000, 0)], 200).Parts.Select(part => part.Nanos));

    [Fact]
    public void Where_nothing_was_drawn_all_is_residual() => Assert.Equal(7, ReturnWaterfall.Divide([Position("a", 0, 10_000, 0)], 7).ResidualNanos);

    [Fact]
    public void No_cap_is_passed_the_residual_waits_for_all_caps_and_sums_are_exact() =>
        Gen.Select(Gen.Select(Gen.Long[0, 10_000], Gen.Int[0, 1000], Gen.Int[0, 100]).Array[0, 6], Gen.Long[0, 300_000]).Sample((investors, nanos) =>
        {
            CapitalPosition[] positions = [.. investors.Select((investor, i) => Position("c" + i, investor.Item1, investor.Item2, investor.Item1 * investor.Item2 / 100 * investor.Item3 / 100))];
            Distribution divided = ReturnWaterfall.Divide(positions, nanos);
            long left = 0;
            for (int i = 0; i < positions.Length; i++)
            {
                long room = positions[i].CapNanos - positions[i].ReturnedNanos - divided.Parts[i].Nanos;
                Assert.True(room >= 0 && divided.Parts[i].Nanos >= 0);
                left += room;
            }

            Assert.Equal(nanos, divided.Parts.Sum(part => part.Nanos) + divided.ResidualNanos);
            Assert.True(divided.ResidualNanos == 0 || left == 0, "the residual owner got something while a cap had room");
        });

    [Fact]
    public void Returning_in_parts_never_passes_what_returning_at_once_gives_altogether() =>
        Gen.Select(Gen.Long[1, 10_000].Array[1, 4], Gen.Long[0, 5_000].Array[1, 6]).Sample((drawn, amounts) =>
        {
            CapitalPosition[] positions = [.. drawn.Select((nanos, i) => Position("c" + i, nanos, 150, 0))];
            long residual = 0;
            foreach (long amount in amounts)
            {
                Distribution divided = ReturnWaterfall.Divide(positions, amount);
                residual += divided.ResidualNanos;
                positions = [.. positions.Select((position, i) => position with { ReturnedNanos = position.ReturnedNanos + divided.Parts[i].Nanos })];
            }

            Assert.Equal(Math.Max(0, amounts.Sum() - positions.Sum(position => position.CapNanos)), residual);
        });

    private static CapitalPosition Position(string id, long drawn, int capPercent, long returned)
    {
        var commitment = new CapitalCommitment
        {
            Id = id,
            Investor = new PartyId("investor-" + id),
            Receiver = new PartyId("lab"),
            Kind = CapitalKind.Cash,
            Currency = MoneyFixture.Euro,
            CapPercent = capPercent,
            Tranches = [new CapitalTranche(1, Math.Max(1, drawn), default)],
        };
        return new CapitalPosition(commitment, [new TrancheState(commitment.Tranches[0], null, drawn)], returned);
    }
}
