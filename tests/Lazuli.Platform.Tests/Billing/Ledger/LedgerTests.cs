using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public abstract class LedgerTests(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly PartyId s_acme = new("acme");
    private static readonly PartyId s_seller = new("seller");
    private static readonly LedgerAccount s_accrued = LedgerAccount.Accrued(s_acme, s_seller);
    private static readonly LedgerAccount s_earnings = LedgerAccount.Earnings(s_seller);

    private MoneyFixture _fixture = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await MoneyFixture.OpenAsync(kind);
    }

    public async ValueTask DisposeAsync()
    {
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_transfer_moves_both_balances_by_its_amount()
    {
        await _fixture.AppendAsync(_fixture.Transfer("a", s_accrued, s_earnings, 150), _fixture.Transfer("b", s_accrued, s_earnings, 7));
        IReadOnlyList<LedgerBalance> balances = await _fixture.Ledger.BalancesAsync("", default);
        Assert.Equal(["customer:acme:accrued:seller", "earnings:seller"], balances.Select(balance => balance.Account));
        Assert.Equal(["asset", "income"], balances.Select(balance => balance.Kind));
        Assert.Equal([157L, 157L], balances.Select(balance => balance.Balance.Nanos));
        Assert.Equal([157L, 0L], balances.Select(balance => balance.Debits.Nanos));
    }

    [Fact]
    public async Task The_same_transfer_again_changes_nothing_even_later()
    {
        Transfer first = _fixture.Transfer("a", s_accrued, s_earnings, 150);
        Assert.Equal(1, await _fixture.AppendAsync(first));
        Assert.Equal(0, await _fixture.AppendAsync(first with { At = first.At.AddHours(1) }));
        Assert.Equal(150, (await _fixture.Ledger.BalancesAsync("earnings:", default))[0].Balance.Nanos);
    }

    [Fact]
    public async Task Other_content_under_the_same_key_is_refused_with_both_and_undoes_the_whole_write()
    {
        Transfer first = _fixture.Transfer("a", s_accrued, s_earnings, 150);
        await _fixture.AppendAsync(first);
        LedgerConflictException refused = await Assert.ThrowsAsync<LedgerConflictException>(() => _fixture.AppendAsync(_fixture.Transfer("new", s_accrued, s_earnings, 1), first with { Nanos = 151 }));
        Assert.Equal("a", refused.Key);
        Assert.Contains("150", refused.Message, StringComparison.Ordinal);
        Assert.Contains("151", refused.Message, StringComparison.Ordinal);
        Assert.Equal(150, (await _fixture.Ledger.BalancesAsync("earnings:", default))[0].Balance.Nanos);
        Assert.True((await _fixture.Ledger.VerifyAsync(default)).Holds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task An_amount_that_is_not_above_zero_is_misuse(long nanos) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _fixture.AppendAsync(_fixture.Transfer("a", s_accrued, s_earnings, nanos)));

    [Fact]
    public async Task An_account_on_both_sides_is_misuse() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _fixture.AppendAsync(_fixture.Transfer("a", s_accrued, s_accrued, 1)));

    [Fact]
    public async Task Sums_beyond_64_bits_are_refused_and_change_nothing()
    {
        await _fixture.AppendAsync(_fixture.Transfer("a", s_accrued, s_earnings, long.MaxValue));
        await Assert.ThrowsAnyAsync<Exception>(() => _fixture.AppendAsync(_fixture.Transfer("b", s_accrued, s_earnings, 1)));
        Assert.Equal(long.MaxValue, (await _fixture.Ledger.BalancesAsync("earnings:", default))[0].Balance.Nanos);
    }

    [Fact]
    public async Task Verifying_rebuilds_the_balances()
    {
        await _fixture.AppendAsync([.. Enumerable.Range(0, 100).Select(i => _fixture.Transfer("k" + i, LedgerAccount.Accrued(new PartyId("c" + (i % 7)), s_seller), s_earnings, i + 1))]);
        LedgerVerdict verdict = await _fixture.Ledger.VerifyAsync(default);
        Assert.True(verdict.Holds, verdict.FirstDifference);
        Assert.Equal(100, verdict.Transfers);
        Assert.Equal(8, verdict.Accounts);
    }

    [Theory]
    [InlineData("UPDATE balances SET debits = debits + 1 WHERE account = 'customer:acme:accrued:seller'", "customer:acme:accrued:seller")]
    [InlineData("DELETE FROM balances WHERE account = 'earnings:seller'", "earnings:seller")]
    [InlineData("INSERT INTO balances (account, currency, kind, debits, credits, transfers) VALUES ('cash:x', 'EUR', 'asset', 0, 0, 1)", "cash:x")]
    [InlineData("UPDATE transfers SET nanos = nanos + 1 WHERE key = 'b'", "customer:acme:accrued:seller")]
    [InlineData("DELETE FROM transfers WHERE key = 'b'", "customer:acme:accrued:seller")]
    [InlineData("UPDATE transfers SET credit = 'earnings:thief' WHERE key = 'b'", "earnings:seller")]
    public async Task Verifying_names_the_first_account_that_was_tampered_with(string tampering, string account)
    {
        await _fixture.AppendAsync(_fixture.Transfer("a", s_accrued, s_earnings, 150), _fixture.Transfer("b", s_accrued, s_earnings, 7));
        await _fixture.Money.WriteAsync(transaction => transaction.Execute(tampering), default);
        LedgerVerdict verdict = await _fixture.Ledger.VerifyAsync(default);
        Assert.False(verdict.Holds);
        Assert.StartsWith(account + " EUR", verdict.FirstDifference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transfers_of_an_account_come_newest_first_and_in_pages()
    {
        await _fixture.AppendAsync([.. Enumerable.Range(0, 5).Select(i => _fixture.Transfer("k" + i, s_accrued, s_earnings, i + 1))]);
        IReadOnlyList<LedgerTransfer> page = await _fixture.Ledger.TransfersAsync("earnings:seller", null, 2, default);
        Assert.Equal(["k4", "k3"], page.Select(transfer => transfer.Key));
        Assert.Equal(["k2", "k1"], (await _fixture.Ledger.TransfersAsync("earnings:seller", page[^1].Id, 2, default)).Select(transfer => transfer.Key));
    }
}

public sealed class LedgerSqliteTests() : LedgerTests(DatabaseKind.Sqlite)
{
    [Fact]
    public void Any_sequence_of_appends_keeps_a_plain_models_balances()
    {
        // A dictionary is the model: the ledger must hold the same sums, whatever is repeated and whatever is refused.
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Long[1, 1000]).Array[1, 30].Sample(
            steps =>
            {
                using var fixture = new MoneyFixture();
                var model = new Dictionary<string, long>();
                var known = new Dictionary<string, Transfer>();
                foreach ((int key, int from, int to, long nanos) in steps)
                {
                    Transfer transfer = fixture.Transfer("k" + key, LedgerAccount.Cash(new PartyId("p" + from)), LedgerAccount.Cash(new PartyId("p" + to)), nanos);
                    try
                    {
                        fixture.AppendAsync(transfer).GetAwaiter().GetResult();
                    }
                    catch (Exception e) when (e is ArgumentException or LedgerConflictException)
                    {
                        Assert.True(from == to || (known.TryGetValue(transfer.Key, out Transfer before) && before != transfer));
                        continue;
                    }

                    if (known.TryAdd(transfer.Key, transfer))
                    {
                        model[transfer.Debit.Name] = model.GetValueOrDefault(transfer.Debit.Name) + nanos;
                        model[transfer.Credit.Name] = model.GetValueOrDefault(transfer.Credit.Name) - nanos;
                    }
                }

                IReadOnlyList<LedgerBalance> balances = fixture.Ledger.BalancesAsync("", default).Result;
                Assert.Equal(model.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value)), balances.Select(balance => (balance.Account, balance.Balance.Nanos)));
                Assert.Equal(0, balances.Sum(balance => balance.Debits.Nanos - balance.Credits.Nanos));
                Assert.True(fixture.Ledger.VerifyAsync(default).Result.Holds);
            },
            iter: 20);
    }
}

public sealed class LedgerPostgresTests() : LedgerTests(DatabaseKind.Postgres);
