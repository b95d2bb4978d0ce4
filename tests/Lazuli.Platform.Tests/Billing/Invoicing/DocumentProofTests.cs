using System.Text;
using System.Text.Json;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Proofs;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.DependencyInjection;
using Lazuli.Platform.Tests.Billing;

namespace Lazuli.Platform.Tests;

public sealed class DocumentProofTests
{
    private const string Rates = """[{"model":"*","meter":"input","scheme":"perUnit","price":"1"},{"model":"*","meter":"output","scheme":"perUnit","price":"1"}]""";

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Invoices_credit_notes_and_statements_are_checked_from_the_log_alone(DatabaseKind kind)
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(kind);
        using var folder = new TemporaryFolder();
        using TransparencyLog log = TransparencyLog.Open(folder["log"], folder["keys"], "example.com/log");
        using var sealer = new DocumentSealer(fixture.Money.Money, log);
        await using ServiceProvider services = new ServiceCollection().AddSingleton<ITransparencyLog>(log).AddSingleton(sealer).BuildServiceProvider();
        var proofs = new DocumentProofs(fixture.Money.Money, services);
        (Invoice invoice, Invoice note, RoyaltyStatement statement) = await IssueAsync(fixture);
        Assert.Equal(3, await sealer.SealAsync(default));
        Assert.Equal(0, await sealer.SealAsync(default));
        foreach (string number in new[] { invoice.Document.Number, note.Document.Number, statement.Number })
        {
            DocumentProof proof = await proofs.ProveAsync(number, default);
            Assert.Null(DocumentProofVerifier.WhyNot(proof, log.VerifierKey));
            Assert.NotNull(DocumentProofVerifier.WhyNot(proof, SignerKey.Generate("example.com/log", NoteKeyType.Ed25519).Verifier.ToString()));
            Assert.NotNull(DocumentProofVerifier.WhyNot(proof with { Kind = proof.Kind == DocumentKind.Invoice ? DocumentKind.CreditNote : DocumentKind.Invoice }, log.VerifierKey));
            Assert.NotNull(DocumentProofVerifier.WhyNot(proof with { Number = "partner-000009" }, log.VerifierKey));
            for (int i = 0; i < proof.Document.Length; i++)
            {
                string changed = proof.Document.Remove(i, 1).Insert(i, proof.Document[i] == '1' ? "2" : "1");
                Assert.NotNull(DocumentProofVerifier.WhyNot(proof with { Document = changed }, log.VerifierKey));
            }
        }

        Assert.Equal(MoneyJson.Digest(fixture.Invoices.Export(invoice, InvoiceFormat.Json)), JsonDocument.Parse((await log.ReadAsync(1, default))!.Value).RootElement.GetProperty("digest").GetString());
        string leaves = string.Concat(Enumerable.Range(0, (int)log.Size).Select(i => Encoding.UTF8.GetString(log.ReadAsync(i, default).GetAwaiter().GetResult()!.Value.Span)));
        Assert.DoesNotContain("acme", leaves, StringComparison.OrdinalIgnoreCase); // nothing of what stands in them
        await Assert.ThrowsAsync<BillingRefusedException>(() => proofs.ProveAsync("partner-000009", default));
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_kill_between_database_and_log_neither_loses_nor_doubles(DatabaseKind kind)
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(kind);
        var log = new MemoryLog();
        log.Entries.Add([1, 2, 3]);
        await IssueAsync(fixture);
        log.IsFull = true;
        await Assert.ThrowsAsync<IOException>(() => SealAsync(fixture, log)); // before the log had them
        Assert.Single(log.Entries);
        (log.IsFull, log.FailNext) = (false, true);
        await Assert.ThrowsAsync<IOException>(() => SealAsync(fixture, log)); // after the log had them
        log.Entries.Add([4, 5, 6]); // others append meanwhile
        await SealAsync(fixture, log);
        Assert.Equal(5, log.Entries.Count);
        Assert.Equal([1L, 2, 3], await fixture.Money.Money.QueryAsync<long>("SELECT log_index FROM document_seals ORDER BY log_index", null, default));

        // Documents that were frozen before there was a log come into it, too.
        await fixture.Money.Money.WriteAsync(transaction => transaction.Execute("DELETE FROM document_seals"), default);
        await SealAsync(fixture, log);
        Assert.Equal(8, log.Entries.Count);
        Assert.Equal(log.Entries.Skip(1).Take(3).Select(Convert.ToHexString).Order(StringComparer.Ordinal), log.Entries.Skip(5).Select(Convert.ToHexString).Order(StringComparer.Ordinal));
    }

    private static async Task SealAsync(InvoiceFixture fixture, MemoryLog log)
    {
        using var sealer = new DocumentSealer(fixture.Money.Money, log); // a new process
        await sealer.SealAsync(default);
    }

    private static async Task<(Invoice Invoice, Invoice Note, RoyaltyStatement Statement)> IssueAsync(InvoiceFixture fixture)
    {
        string version = await fixture.PriceAsync(Rates);
        await fixture.UseAsync(version, UsageMeter.InputTokens, 100);
        Invoice invoice = await fixture.CloseAsync();
        Invoice note = await fixture.Invoices.VoidAsync(invoice.Id, "a test", default);
        return (invoice, note, await fixture.Royalties.IssueAsync(InvoiceFixture.Commercialiser, InvoiceFixture.Partner, MoneyFixture.Euro, InvoiceFixture.November, InvoiceFixture.December, [], default));
    }
}
