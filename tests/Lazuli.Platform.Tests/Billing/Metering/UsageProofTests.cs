using System.Text.Json;
using System.Text.Json.Nodes;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Proofs;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static Lazuli.Platform.Tests.Billing.AdmissionFixture;

namespace Lazuli.Platform.Tests.Billing;

public sealed class UsageProofTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_from = new(2026, 11, 23, 12, 1, 0, TimeSpan.Zero);
    private static readonly PartyId s_other = new("other");
    private readonly TemporaryFolder _folder = new();
    private UsageProof _proof = null!;
    private string _key = "";

    public async ValueTask InitializeAsync()
    {
        var time = new FakeTimeProvider(s_from.AddSeconds(-30));
        await using AdmissionFixture test = await OpenAsync(DatabaseKind.Sqlite, time);
        using TransparencyLog log = TransparencyLog.Open(_folder["log"], _folder["keys"], "example.com/log");
        var events = new MeterEvents(test.Money);
        var sealer = new IntervalSealer(test.Money, events, log, time);
        await using ServiceProvider services = new ServiceCollection().AddSingleton<ITransparencyLog>(log).AddSingleton(sealer).BuildServiceProvider();
        for (int i = 0; i < 12; i++)
        {
            IAdmittedRequest request = await test.AdmitAsync(i % 3 == 2 ? Request(10, 10) with { Party = s_other } : Request(10, 10));
            await request.SettleAsync(Used(10, i), default);
            time.Advance(TimeSpan.FromSeconds(15));
        }

        await test.Admission.DoAsync(memory => memory.Close(), default);
        time.Advance(TimeSpan.FromMinutes(1));
        await sealer.SealAsync(default);
        var proofs = new UsageProofs(test.Money, events, services);
        _key = log.VerifierKey;
        _proof = await proofs.ProveAsync(Buyer, s_from, s_from.AddMinutes(2), default);
        await Assert.ThrowsAsync<BillingRefusedException>(() => proofs.ProveAsync(Buyer, s_from, s_from.AddDays(1), default)); // not sealed yet
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void A_whole_proof_holds_with_the_logs_key_and_no_other()
    {
        UsageVerdict verdict = UsageProofVerifier.Verify(_proof, _key);
        Assert.Null(verdict.Fault);
        Assert.Equal((5, 50L), (verdict.Events, verdict.Tokens.Prompt)); // numbers 2 to 9 fall into the period, and 2, 5 and 8 are another's
        Assert.Equal(3, verdict.Intervals); // the one before too
        Assert.False(UsageProofVerifier.Verify(_proof, SignerKey.Generate("example.com/log", NoteKeyType.Ed25519).Verifier.ToString()).Holds);
        Assert.Contains("cannot be read", UsageProofVerifier.Verify(_proof, "no key").Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interval_left_out_is_found_wherever_it_was()
    {
        for (int left = 0; left < _proof.Intervals.Count; left++)
        {
            UsageProof shorter = _proof with { Intervals = [.. _proof.Intervals.Take(left), .. _proof.Intervals.Skip(left + 1)] };
            Assert.Equal(left == 0 && IntervalSeal.Read(System.Text.Encoding.UTF8.GetBytes(_proof.Intervals[0].Entry)).IntervalSeconds + 60 <= s_from.ToUnixTimeSeconds(), UsageProofVerifier.Verify(shorter, _key).Holds); // what was before the period is not in it
        }

        Assert.False(UsageProofVerifier.Verify(_proof with { Intervals = [] }, _key).Holds);
    }

    [Fact]
    public void An_event_left_out_added_or_changed_is_found()
    {
        for (int i = 0; i < _proof.Intervals.Count; i++)
        {
            ProvenInterval interval = _proof.Intervals[i];
            for (int e = 0; e < interval.Events.Count; e++)
            {
                MeterEvent told = interval.Events[e];
                Refused(i, interval with { Events = [.. interval.Events.Where(other => other != told)] });
                Refused(i, interval with { Events = [.. interval.Events, told with { Sequence = 1000 }] });
                Refused(i, interval with { Events = [.. interval.Events.Select(other => other == told ? told with { Tokens = told.Tokens with { Completion = told.Tokens.Completion + 1 } } : other)] });
                Refused(i, interval with { Events = [.. interval.Events.Select(other => other == told ? told with { Party = s_other } : other)] });
            }

            for (int leaf = 0; leaf < interval.Leaves.Count; leaf++)
            {
                Refused(i, interval with { Leaves = [.. interval.Leaves.Where((_, n) => n != leaf)] });
            }
        }
    }

    /// <summary>Every text and number of the proof, one at a time; key and project are told and not sealed.</summary>
    [Fact]
    public void Any_changed_value_is_found()
    {
        JsonObject whole = JsonSerializer.SerializeToNode(_proof.Intervals)!.AsArray().Count > 0 ? new JsonObject { ["intervals"] = JsonSerializer.SerializeToNode(_proof.Intervals) } : [];
        int changed = 0;
        foreach (string path in Leaves(whole, "$").Where(path => !path.Contains("/Key", StringComparison.Ordinal) && !path.Contains("/Project", StringComparison.Ordinal)))
        {
            JsonObject copy = whole.DeepClone().AsObject();
            if (!Change(copy, path))
            {
                continue;
            }

            changed++;
            ProvenInterval[]? intervals;
            try
            {
                intervals = copy["intervals"].Deserialize<ProvenInterval[]>();
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                continue; // it cannot even be read
            }

            Assert.False(UsageProofVerifier.Verify(_proof with { Intervals = intervals! }, _key).Holds, path);
        }

        Assert.InRange(changed, 50, 100_000);
    }

    private void Refused(int index, ProvenInterval instead) =>
        Assert.False(UsageProofVerifier.Verify(_proof with { Intervals = [.. _proof.Intervals.Select((interval, i) => i == index ? instead : interval)] }, _key).Holds);

    private static IEnumerable<string> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(m => Leaves(m.Value, $"{path}/{m.Key}")),
        JsonArray items => items.SelectMany((item, i) => Leaves(item, $"{path}/{i}")),
        JsonValue => [path],
        _ => [],
    };

    private static bool Change(JsonNode root, string path)
    {
        JsonNode at = root;
        string[] steps = path.Split('/')[1..];
        foreach (string step in steps[..^1])
        {
            at = at is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : at[step]!;
        }

        JsonNode value = at is JsonArray list ? list[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)]! : at[steps[^1]]!;
        JsonNode? other = value.GetValueKind() switch
        {
            JsonValueKind.Number => JsonValue.Create(value.GetValue<double>() + 1),
            JsonValueKind.String when value.GetValue<string>() is { Length: > 0 } text => JsonValue.Create((text[0] == 'a' ? 'b' : 'a') + text[1..]),
            _ => null,
        };
        if (other is null || steps[^1] == "Units")
        {
            return false; // what follows from another member
        }

        if (at is JsonArray target)
        {
            target[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] = other;
        }
        else
        {
            at[steps[^1]] = other;
        }

        return true;
    }
}
