using Lazuli.Contracts;
using Lazuli.Registry;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public abstract class ServingUseStoreTests(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly DateOnly s_day = new(2026, 11, 23);
    private TestDatabase? _test;
    private ServingUseStore? _opened;

    private ServingUseStore Store => _opened!;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabases.OpenAsync(kind);
        _opened = new ServingUseStore(_test.Platform);
    }

    [Fact]
    public async Task Adds_to_the_sums_of_a_day()
    {
        await Store.AddAsync([Use(s_day, "a"), Use(s_day, "b")], default);
        await Store.AddAsync([Use(s_day, "a")], default);
        IReadOnlyList<ServingUse> uses = await Store.ListAsync(s_day, s_day.AddDays(1), default);
        Assert.Equal([Use(s_day, "a") with { Requests = 2, PromptTokens = 20, GeneratedTokens = 10, Flop = 3, DeviceSeconds = 1 }, Use(s_day, "b")], uses);
    }

    [Fact]
    public async Task Lists_from_a_day_to_before_another()
    {
        await Store.AddAsync([.. Enumerable.Range(-2, 5).Select(d => Use(s_day.AddDays(d), "a"))], default);
        Assert.Equal([s_day, s_day.AddDays(1)], (await Store.ListAsync(s_day, s_day.AddDays(2), default)).Select(u => u.Day));
    }

    [Fact]
    public async Task Refuses_all_when_one_is_wrong()
    {
        foreach (ServingUse wrong in new[] { Use(s_day, "b") with { Flop = double.NaN }, Use(s_day, "b") with { DeviceSeconds = -1 }, Use(s_day, "b") with { Requests = -1 }, Use(s_day, "b") with { Project = " " } })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await Store.AddAsync([Use(s_day, "a"), wrong], default));
        }

        Assert.Empty(await Store.ListAsync(DateOnly.MinValue, DateOnly.MaxValue, default));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await (_test?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static ServingUse Use(DateOnly day, string key) => new() { Day = day, Project = "p", Key = key, Model = "m@1", Requests = 1, PromptTokens = 10, GeneratedTokens = 5, Flop = 1.5, DeviceSeconds = 0.5 };
}

public sealed class ServingUseStoreOnSqliteTests() : ServingUseStoreTests(DatabaseKind.Sqlite);

public sealed class ServingUseStoreOnPostgresTests() : ServingUseStoreTests(DatabaseKind.Postgres);
