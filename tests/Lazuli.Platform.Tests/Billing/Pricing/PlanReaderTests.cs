using System.Text;
using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests;

public sealed class PlanReaderTests
{
    private const string Simple = """
        {"plan":"standard","currency":"EUR","batchDiscountBasisPoints":5000,"rates":[
          {"model":"*","meter":"input","scheme":"perUnit","price":"0.15","per":1000000},
          {"model":"*","meter":"cachedInput","scheme":"perUnit","price":"0.075","per":1000000000},
          {"model":"*","meter":"output","scheme":"perUnit","price":"0.6","per":1000000},
          {"model":"big-*","meter":"output","scheme":"graduated","per":1000000,"tiers":[{"upTo":1000,"price":"2","fee":"1"},{"from":1000,"price":"1"}]},
          {"model":"big-one","meter":"output","scheme":"volume","tiers":[{"upTo":10,"price":"0.000000004"},{"price":"0.000000002"}]},
          {"model":"*","meter":"requests","scheme":"package","size":3,"price":"0.00000001"}
        ],"fees":[{"name":"Support","price":"20"}]}
        """;

    [Fact]
    public void Prices_are_read_as_whole_nano_units()
    {
        PricePlan plan = Read(Simple.Replace("\"0.075\",\"per\":1000000000", "\"0.08\",\"per\":1000000", StringComparison.Ordinal));
        TokenPrices prices = plan.PlainPrices("standard@1", new PartyId("s"), "small", batch: false)!;
        Assert.Equal((150L, 80L, 600L), (prices.InputNanos, prices.CachedInputNanos, prices.OutputNanos));
        Assert.Equal(20_000_000_000, plan.Fees[0].Nanos);
    }

    [Fact]
    public void A_batch_pays_less_by_the_discount()
    {
        PricePlan plan = Read(Simple.Replace("\"0.075\",\"per\":1000000000", "\"0.08\",\"per\":1000000", StringComparison.Ordinal));
        TokenPrices prices = plan.PlainPrices("standard@1", new PartyId("s"), "small", batch: true)!;
        Assert.Equal((75L, 40L, 300L), (prices.InputNanos, prices.CachedInputNanos, prices.OutputNanos));
    }

    [Theory]
    [InlineData("small", 600)]
    [InlineData("big-two", 2000)]
    [InlineData("big-one", 4)]
    public void The_narrowest_pattern_prices_a_model_at_its_first_tier(string model, long outputNanos) =>
        Assert.Equal(outputNanos, Read(Simple.Replace("\"0.075\",\"per\":1000000000", "\"0.08\",\"per\":1000000", StringComparison.Ordinal)).PlainPrices("v", new PartyId("s"), model, batch: false)!.OutputNanos);

    [Fact]
    public void A_price_below_a_nano_unit_is_refused_at_its_place()
    {
        BillingRefusedException refused = Refused(Simple);
        Assert.Equal("$.rates[1].price", refused.Place);
        Assert.Contains("0.075 per 1000000000", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"price":"1"},{"price":"1"}""", "$.rates[0].tiers[0].upTo")]
    [InlineData("""{"upTo":5,"price":"1"}""", "$.rates[0].tiers[0].upTo")]
    [InlineData("""{"upTo":5,"price":"1"},{"from":6,"price":"1"}""", "$.rates[0].tiers[1].from")]
    [InlineData("""{"upTo":5,"price":"1"},{"from":4,"price":"1"}""", "$.rates[0].tiers[1].from")]
    [InlineData("""{"upTo":5,"price":"1"},{"upTo":5,"price":"1"},{"price":"1"}""", "$.rates[0].tiers[1].upTo")]
    [InlineData("""{"upTo":-5,"price":"1"},{"price":"1"}""", "$.rates[0].tiers[0].upTo")]
    [InlineData("""{"upTo":5,"price":"-1"},{"price":"1"}""", "$.rates[0].tiers[0].price")]
    [InlineData("""{"upTo":5,"price":"0.0000000001"},{"price":"1"}""", "$.rates[0].tiers[0].price")]
    [InlineData("""{"upTo":5,"price":"9999999999"},{"price":"1"}""", "$.rates[0].tiers[0].price")]
    [InlineData("""{"upTo":5,"price":"1e3"},{"price":"1"}""", "$.rates[0].tiers[0].price")]
    [InlineData("""{"upTo":5,"price":1},{"price":"1"}""", "$.rates[0].tiers[0].price")]
    [InlineData("""{"upTo":5.5,"price":"1"},{"price":"1"}""", "$.rates[0].tiers[0].upTo")]
    [InlineData("""{"upTo":5,"price":"1","extra":1},{"price":"1"}""", "$.rates[0].tiers[0]")]
    [InlineData("", "$.rates[0].tiers")]
    public void Tiers_with_gaps_overlaps_or_bad_prices_are_refused_at_their_place(string tiers, string place)
    {
        string plan = $$"""{"plan":"p","currency":"EUR","rates":[{"model":"*","meter":"requests","scheme":"graduated","tiers":[{{tiers}}]}]}""";
        Assert.Equal(place, Refused(plan).Place);
    }

    [Theory]
    [InlineData("""{"plan":"P","currency":"EUR","rates":[]}""", "$.plan")]
    [InlineData("""{"plan":"p","currency":"euro","rates":[]}""", "$.currency")]
    [InlineData("""{"plan":"p","currency":"EUR","rates":[]}""", "$.rates")]
    [InlineData("""{"plan":"p","currency":"EUR"}""", "$.rates")]
    [InlineData("""{"plan":"p","currency":"EUR","batchDiscountBasisPoints":10001,"rates":[]}""", "$.batchDiscountBasisPoints")]
    [InlineData("""{"plan":"p","currency":"EUR","rates":[{"model":"a*b","meter":"input","scheme":"perUnit","price":"1"}]}""", "$.rates[0].model")]
    [InlineData("""{"plan":"p","currency":"EUR","rates":[{"model":"*","meter":"tokens","scheme":"perUnit","price":"1"}]}""", "$.rates[0].meter")]
    [InlineData("""{"plan":"p","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"flat","price":"1"}]}""", "$.rates[0].scheme")]
    [InlineData("""{"plan":"p","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"1"}]}""", "$.rates[0]")]
    [InlineData("""{"plan":"p","currency":"EUR","rates":[{"model":"*","meter":"requests","scheme":"perUnit","price":"1"},{"model":"*","meter":"requests","scheme":"perUnit","price":"1"}]}""", "$.rates[1]")]
    [InlineData("""{"plan":"p","currency":"EUR","rates":[{"model":"*","meter":"requests","scheme":"perUnit","price":"1","size":3}]}""", "$.rates[0].size")]
    [InlineData("""{"plan":"p","currency":"EUR","batchDiscountBasisPoints":5000,"rates":[{"model":"*","meter":"requests","scheme":"perUnit","price":"0.000000001"}]}""", "$.batchDiscountBasisPoints")]
    [InlineData("""{"plan":"p","plan":"q","currency":"EUR","rates":[]}""", "")]
    [InlineData("""[]""", "$")]
    public void A_plan_that_cannot_be_charged_is_refused_at_its_place(string plan, string place) => Assert.Equal(place, Refused(plan).Place);

    [Fact]
    public void A_plan_cut_off_anywhere_is_refused()
    {
        byte[] whole = Encoding.UTF8.GetBytes("""{"plan":"p","currency":"EUR","rates":[{"model":"*","meter":"requests","scheme":"perUnit","price":"1"}]}""");
        PlanReader.Read(whole);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<BillingRefusedException>(() => PlanReader.Read(whole.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Flipped_bits_are_refused_or_read_as_a_plan_and_never_fail_otherwise()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Simple);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 7]).Sample(
            flip =>
            {
                byte[] flipped = [.. whole];
                flipped[flip.Item1] ^= (byte)(1 << flip.Item2);
                try
                {
                    PlanReader.Read(flipped);
                }
                catch (BillingRefusedException)
                {
                }
            },
            iter: 2000);
    }

    [Fact]
    public void The_digest_is_of_what_the_plan_says_not_of_how_it_is_spaced()
    {
        string plan = """{"plan":"p","currency":"EUR","rates":[{"model":"*","meter":"requests","scheme":"perUnit","price":"1"}]}""";
        Assert.Equal(Digest(plan), Digest(plan.Replace(",", " ,\n", StringComparison.Ordinal)));
        Assert.NotEqual(Digest(plan), Digest(plan.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)));
    }

    private static PricePlan Read(string plan) => PlanReader.Read(Encoding.UTF8.GetBytes(plan)).Plan;

    private static string Digest(string plan) => PlanReader.Read(Encoding.UTF8.GetBytes(plan)).Digest;

    private static BillingRefusedException Refused(string plan) => Assert.Throws<BillingRefusedException>(() => PlanReader.Read(Encoding.UTF8.GetBytes(plan)));
}
