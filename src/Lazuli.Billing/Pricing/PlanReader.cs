using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>Reads a price plan and refuses, with the place, what could not be charged exactly: gaps, overlaps, negative prices, digits below a nano-unit.</summary>
/// <remarks>Prices are decimal texts in units of the currency, for <c>per</c> units (1 when left out): <c>"price": "0.15", "per": 1000000</c> is 150 nano-units a token.</remarks>
internal static class PlanReader
{
    private const int MostRates = 1_000;
    private const int MostTiers = 100;
    private static readonly string[] s_planMembers = ["plan", "currency", "batchDiscountBasisPoints", "rates", "fees"];
    private static readonly string[] s_rateMembers = ["model", "meter", "scheme", "price", "per", "size", "tiers"];
    private static readonly string[] s_tierMembers = ["from", "upTo", "price", "fee"];
    private static readonly string[] s_feeMembers = ["name", "price"];

    /// <summary>The plan, its canonical bytes as text, and their digest.</summary>
    /// <exception cref="BillingRefusedException">It is not a plan that can be charged exactly.</exception>
    public static (PricePlan Plan, string Canonical, string Digest) Read(ReadOnlyMemory<byte> document)
    {
        byte[] canonical;
        try
        {
            canonical = CanonicalJson.Format(document);
        }
        catch (StatementFormatException e)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"The price plan is no JSON that can be signed: {e.Message}", e);
        }

        using JsonDocument json = JsonDocument.Parse(canonical);
        PricePlan plan = Plan(json.RootElement);
        return (plan, Encoding.UTF8.GetString(canonical), "sha256:" + Convert.ToHexStringLower(SHA256.HashData(canonical)));
    }

    private static PricePlan Plan(JsonElement json)
    {
        PlanJson.Object(json, "$", s_planMembers);
        string name = PlanJson.Text(json, "$", "plan");
        if (!PlanJson.IsName(name))
        {
            throw PlanJson.Refuse("$.plan", "1 to 64 small letters, digits and hyphens", name);
        }

        string currency = PlanJson.Text(json, "$", "currency");
        if (!CurrencyDigits.IsCode(currency))
        {
            throw PlanJson.Refuse("$.currency", "three capital letters, such as EUR", currency);
        }

        int discount = (int)PlanJson.Whole(json, "$", "batchDiscountBasisPoints", 0, PricePlan.Whole, 0);
        var rates = PlanJson.Items(json, "$", "rates", 1, MostRates).Select(rate => Rate(rate.Element, rate.Place)).ToList();
        var fees = json.TryGetProperty("fees", out _) ? PlanJson.Items(json, "$", "fees", 0, MostRates).Select(fee => Fee(fee.Element, fee.Place)).ToList() : [];
        var plan = new PricePlan(name, new Currency(currency), discount, rates, fees);
        CheckRates(plan);
        return plan;
    }

    private static PeriodFee Fee(JsonElement json, string place)
    {
        PlanJson.Object(json, place, s_feeMembers);
        return new PeriodFee(PlanJson.Text(json, place, "name"), Nanos(json, place, "price", 1));
    }

    private static PriceRate Rate(JsonElement json, string place)
    {
        PlanJson.Object(json, place, s_rateMembers);
        string model = PlanJson.Text(json, place, "model");
        if (model.Length == 0 || model.AsSpan(0, model.Length - 1).Contains('*'))
        {
            throw PlanJson.Refuse(place + ".model", "a model's name, or the beginning of one and *", model);
        }

        UsageMeter meter = PlanJson.Text(json, place, "meter") switch
        {
            "input" => UsageMeter.InputTokens,
            "cachedInput" => UsageMeter.CachedInputTokens,
            "output" => UsageMeter.OutputTokens,
            "requests" => UsageMeter.Requests,
            "deviceSeconds" => UsageMeter.DeviceSeconds,
            string other => throw PlanJson.Refuse(place + ".meter", "input, cachedInput, output, requests or deviceSeconds", other),
        };
        return PlanJson.Text(json, place, "scheme") switch
        {
            "perUnit" => new PriceRate(model, meter, PriceScheme.PerUnit, 1, [Single(json, place, ["per"])]),
            "package" => new PriceRate(model, meter, PriceScheme.Package, Size(json, place, null), [Single(json, place, ["size"])]),
            "graduated" => new PriceRate(model, meter, PriceScheme.Graduated, Size(json, place, 1), Tiers(json, place)),
            "volume" => new PriceRate(model, meter, PriceScheme.Volume, Size(json, place, 1), Tiers(json, place)),
            string other => throw PlanJson.Refuse(place + ".scheme", "perUnit, graduated, volume or package (a fixed amount a period stands under fees)", other),
        };
    }

    private static PriceTier Single(JsonElement json, string place, string[] allowed)
    {
        foreach (string member in new[] { "per", "size", "tiers" }.Except(allowed).Where(member => json.TryGetProperty(member, out _)))
        {
            throw PlanJson.Refuse($"{place}.{member}", "nothing: this scheme has none", json.GetProperty(member).GetRawText());
        }

        return new PriceTier(null, Nanos(json, place, "price", Per(json, place)), 0);
    }

    private static List<PriceTier> Tiers(JsonElement json, string place)
    {
        if (json.TryGetProperty("price", out JsonElement price))
        {
            throw PlanJson.Refuse($"{place}.price", "nothing: each tier has its own price", price.GetRawText());
        }

        long per = Per(json, place);
        var tiers = new List<PriceTier>();
        long reached = 0;
        List<(JsonElement Element, string Place)> items = PlanJson.Items(json, place, "tiers", 1, MostTiers);
        foreach ((JsonElement tier, string at) in items)
        {
            PlanJson.Object(tier, at, s_tierMembers);
            long from = PlanJson.Whole(tier, at, "from", 0, long.MaxValue, reached);
            if (from != reached)
            {
                throw PlanJson.Refuse(at + ".from", $"{reached}, where the tier before ends", $"{from}, {(from > reached ? "a gap" : "an overlap")}");
            }

            bool last = tiers.Count == items.Count - 1;
            long? upTo = tier.TryGetProperty("upTo", out _) ? PlanJson.Whole(tier, at, "upTo", 1, long.MaxValue, null) : null;
            if (last != upTo is null)
            {
                throw PlanJson.Refuse(at + ".upTo", last ? "nothing: the last tier has no end" : "the last unit of the tier; only the last tier has no end", upTo?.ToString(CultureInfo.InvariantCulture) ?? "nothing");
            }

            if (upTo <= reached)
            {
                throw PlanJson.Refuse(at + ".upTo", $"more than {reached}, where the tier before ends", upTo.Value.ToString(CultureInfo.InvariantCulture));
            }

            tiers.Add(new PriceTier(upTo, Nanos(tier, at, "price", per), tier.TryGetProperty("fee", out _) ? Nanos(tier, at, "fee", 1) : 0));
            reached = upTo ?? reached;
        }

        return tiers;
    }

    private static long Size(JsonElement json, string place, long? otherwise) => PlanJson.Whole(json, place, "size", 1, long.MaxValue, otherwise);

    private static long Per(JsonElement json, string place) => PlanJson.Whole(json, place, "per", 1, 1_000_000_000, 1);

    private static long Nanos(JsonElement json, string place, string member, long per) => PlanJson.Nanos(json, place, member, per);

    private static void CheckRates(PricePlan plan)
    {
        var seen = new HashSet<(string, UsageMeter)>();
        for (int i = 0; i < plan.Rates.Count; i++)
        {
            PriceRate rate = plan.Rates[i];
            string place = $"$.rates[{i}]";
            if (!seen.Add((rate.Model, rate.Meter)))
            {
                throw PlanJson.Refuse(place, "one rate a model pattern and meter", $"a second one for {rate.Model}, {rate.Meter}");
            }

            string sample = rate.Model.TrimEnd('*');
            bool isTokens = rate.Meter is UsageMeter.InputTokens or UsageMeter.CachedInputTokens or UsageMeter.OutputTokens;
            if (isTokens && (plan.RateOf(sample, UsageMeter.InputTokens) is null || plan.RateOf(sample, UsageMeter.OutputTokens) is null))
            {
                throw PlanJson.Refuse(place, $"prices of input and of output for {rate.Model}", "only one of them; nothing could be sold at this");
            }

            foreach (PriceTier tier in rate.Tiers)
            {
                if ((decimal)tier.UnitNanos * (PricePlan.Whole - plan.BatchDiscountBasisPoints) % PricePlan.Whole != 0)
                {
                    throw PlanJson.Refuse("$.batchDiscountBasisPoints", "a discount that leaves whole nano-units of every price", $"{plan.BatchDiscountBasisPoints}, which leaves a fraction of {tier.UnitNanos} nano-units at {place}");
                }
            }
        }
    }
}
