using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Jobs, through the one writer that also admits and settles.</summary>
internal sealed class Meter(Admission admission, PriceBook prices, TimeProvider time) : IMeter
{
    private const double MostSeconds = 1e12;

    /// <inheritdoc/>
    public async Task<Settlement> RecordAsync(MeteredJob job, CancellationToken cancellationToken)
    {
        if (job.DeviceSeconds is not (>= 0 and <= MostSeconds) || job.Flop is not (>= 0 and <= 1e30))
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"A job takes 0 to {MostSeconds:g1} device-seconds and 0 to 1e30 FLOP; {job.DeviceSeconds} and {job.Flop} came.");
        }

        long seconds = (long)Math.Ceiling(job.DeviceSeconds);
        var question = new PriceQuestion { Party = job.Party, GrantChain = job.GrantChain, ModelName = job.ModelName, At = time.GetUtcNow() };
        (TokenPrices Version, long UnitNanos) price = prices.FindDeviceSecond(question)
            ?? throw new BillingRefusedException(BillingRefusal.NotFound, $"No price a device-second is in force for {job.ModelName} and {job.Party}; the seller must assign a price plan with one.");
        Int128 charge = (Int128)seconds * price.UnitNanos;
        if (charge > TokenCost.MostNanos)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"{seconds} device-seconds come to more than one event may.");
        }

        var profile = new MeterProfile(0, job.Key, job.Project, job.Party, GrantChainText.Join(job.GrantChain), job.ModelName, job.ModelDigest, price.Version, false);
        return await admission.DoAsync(memory => Record(memory, job, profile, seconds, (long)charge), cancellationToken).ConfigureAwait(false)
            ?? throw new BillingRefusedException(BillingRefusal.Conflict, $"{job.Id} was metered with other content, or names a request. A job has an id of its own, for ever.");
    }

    /// <summary>The job's settlement; null where the id has other content.</summary>
    private static Settlement? Record(AdmissionMemory memory, MeteredJob job, MeterProfile profile, long seconds, long chargeNanos)
    {
        byte[] id = job.Id.ToByteArray(bigEndian: true);
        IReadOnlyList<JobRow> before = memory.Transaction.Query<JobRow>(
            """
            SELECT e.sequence AS Sequence, e.device_us AS DeviceUs, e.charge_nanos AS ChargeNanos, p.project AS Project, p.party AS Party, p.model_digest AS ModelDigest, p.currency AS Currency, p.price_version AS PriceVersion
            FROM meter_events e JOIN meter_profiles p ON p.id = e.profile JOIN meter_particulars m ON m.source = e.source AND m.sequence = e.sequence WHERE e.request_id = @id
            """,
            new { id });
        long microseconds = (long)Math.Round(job.DeviceSeconds * 1e6);
        if (before.Count > 0)
        {
            JobRow row = before[0];
            bool isSame = row.DeviceUs == microseconds && row.Project == job.Project.Value && row.Party == job.Party.Value && row.ModelDigest == job.ModelDigest;
            return isSame ? new Settlement(job.Id, row.Sequence, new Money(row.ChargeNanos, new Currency(row.Currency)), row.PriceVersion) : null;
        }

        if (memory.Holds.ContainsKey(job.Id) || memory.Transaction.Scalar<long>("SELECT COUNT(*) FROM holds WHERE request_id = @id", new { id }) + memory.Transaction.Scalar<long>("SELECT COUNT(*) FROM meter_events WHERE request_id = @id", new { id }) > 0)
        {
            return null;
        }

        MeterProfile numbered = memory.Numbered(profile);
        memory.OpenSource();
        MeterRow recorded = MeterRecorder.Own(
            memory,
            numbered,
            new MeterRow
            {
                Source = 0,
                Sequence = 0,
                RequestId = job.Id,
                Profile = numbered.Id,
                AtMicroseconds = memory.NowMicroseconds,
                Tokens = default,
                DeviceMicroseconds = microseconds,
                Flop = job.Flop,
                ChargeNanos = chargeNanos,
                UnchargedNanos = 0,
                Outcome = job.Outcome,
                DeviceSeconds = seconds,
            },
            new EventParticulars(MeterEventKind.Job));
        return new Settlement(job.Id, recorded.Sequence, new Money(chargeNanos, profile.Prices.Currency), profile.Prices.PriceVersion);
    }

    private sealed class JobRow
    {
        public long Sequence { get; init; }

        public long DeviceUs { get; init; }

        public long ChargeNanos { get; init; }

        public string Project { get; init; } = "";

        public string Party { get; init; } = "";

        public string ModelDigest { get; init; } = "";

        public string Currency { get; init; } = "";

        public string PriceVersion { get; init; } = "";
    }
}
