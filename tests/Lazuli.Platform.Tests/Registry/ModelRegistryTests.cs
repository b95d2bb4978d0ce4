using CsCheck;
using Lazuli.Contracts;
using Lazuli.Registry;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public abstract class ModelRegistryTests(DatabaseKind kind) : IAsyncLifetime
{
    private TestDatabase? _test;
    private ModelRegistry? _opened;

    private ModelRegistry Registry => _opened!;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabases.OpenAsync(kind);
        _opened = new ModelRegistry(_test.Platform);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await (_test?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task A_model_comes_back_as_it_was_registered()
    {
        await Registry.RegisterDataSetAsync(Samples.DataSet(1), default);
        await Registry.RegisterDataSetAsync(Samples.DataSet(2), default);
        await Registry.SaveRunAsync(Samples.Run("r1"), default);
        ModelVersion model = Samples.Model("org/tiny", Samples.Digest("m")) with
        {
            RunId = "r1",
            DataSets = [Samples.DataSet(2).Digest, Samples.DataSet(1).Digest],
            CreatedAt = new DateTimeOffset(2026, 11, 23, 8, 30, 0, 123, TimeSpan.FromHours(2)).AddTicks(7),
        };
        await Registry.RegisterModelAsync(model, default);
        ModelVersion found = (await Registry.FindModelAsync("org/tiny", default))!;
        Assert.Equal(model.DataSets, found.DataSets);
        Assert.Equal("""{"loss":2.5}""", found.Facts.GetRawText());
        Assert.Equal(model, found with { DataSets = model.DataSets, Facts = model.Facts });
    }

    [Fact]
    public async Task A_name_means_its_latest_version()
    {
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("1")), default);
        await Registry.RegisterModelAsync(Samples.Model("other", Samples.Digest("3")), default);
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("2")), default);
        Assert.Equal(Samples.Digest("2"), (await Registry.FindModelAsync("tiny", default))!.Digest);
    }

    [Fact]
    public async Task Registering_the_same_version_again_changes_nothing()
    {
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("1")), default);
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("2")), default);
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("1")) with { Folder = "/elsewhere" }, default);
        Assert.Equal(Samples.Digest("2"), (await Registry.FindModelAsync("tiny", default))!.Digest);
        Assert.Equal(["/models/tiny", "/models/tiny"], (await Registry.ListModelsAsync(default)).Select(model => model.Folder));
    }

    [Fact]
    public async Task Versions_are_found_by_name_and_prefix_or_prefix_alone()
    {
        ContentDigest a = Samples.DigestFrom("abcdef1111");
        ContentDigest b = Samples.DigestFrom("abcdef2222");
        await Registry.RegisterModelAsync(Samples.Model("one", a), default);
        await Registry.RegisterModelAsync(Samples.Model("two", b), default);
        Assert.Equal(a, (await Registry.FindModelAsync("one@abc", default))!.Digest);
        Assert.Equal(a, (await Registry.FindModelAsync("one@ABCDEF", default))!.Digest);
        Assert.Equal(a, (await Registry.FindModelAsync("one@" + a.Value, default))!.Digest);
        Assert.Equal(b, (await Registry.FindModelAsync("abcdef2", default))!.Digest);
        Assert.Equal(b, (await Registry.FindModelAsync(b.Value, default))!.Digest);
        Assert.Null(await Registry.FindModelAsync("one@abcdef2", default));
        Assert.Null(await Registry.FindModelAsync("three@abc", default));
    }

    [Fact]
    public async Task A_prefix_of_several_versions_is_ambiguous_and_finds_none()
    {
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.DigestFrom("abcdef11")), default);
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.DigestFrom("abcdef22")), default);
        Assert.Null(await Registry.FindModelAsync("abcdef", default));
        ModelLookup.Ambiguous ambiguous = Assert.IsType<ModelLookup.Ambiguous>(await Registry.ResolveModelAsync("tiny@abcdef", default));
        Assert.Equal([Samples.DigestFrom("abcdef22"), Samples.DigestFrom("abcdef11")], ambiguous.Candidates.Select(model => model.Digest));
    }

    [Fact]
    public async Task Two_names_of_one_content_are_one_version_to_a_prefix()
    {
        await Registry.RegisterModelAsync(Samples.Model("a", Samples.DigestFrom("abcdef11")), default);
        await Registry.RegisterModelAsync(Samples.Model("b", Samples.DigestFrom("abcdef11")), default);
        Assert.Equal("b", (await Registry.FindModelAsync("abcdef11", default))!.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("tiny@")]
    [InlineData("@abcdef")]
    [InlineData("tiny@xyz")]
    [InlineData("abcde")]
    [InlineData("sha256:")]
    [InlineData("tiny'; DROP TABLE models; --")]
    [InlineData("%")]
    [InlineData("ti_y")]
    public async Task What_names_nothing_finds_nothing(string reference)
    {
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.DigestFrom("abcdef11")), default);
        Assert.IsType<ModelLookup.NotFound>(await Registry.ResolveModelAsync(reference, default));
    }

    [Fact]
    public async Task Any_text_is_looked_up_without_failing()
    {
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.DigestFrom("abcdef11")), default);
        await Gen.String.SampleAsync(async text => await Registry.ResolveModelAsync(text, default), iter: 200, threads: 1);
    }

    [Fact]
    public async Task A_name_that_looks_like_a_digest_is_still_a_name()
    {
        await Registry.RegisterModelAsync(Samples.Model("deadbeef", Samples.Digest("1")), default);
        await Registry.RegisterModelAsync(Samples.Model("other", Samples.DigestFrom("deadbeef")), default);
        Assert.Equal("deadbeef", (await Registry.FindModelAsync("deadbeef", default))!.Name);
    }

    [Fact]
    public async Task Source_and_licence_are_never_empty()
    {
        ModelVersion model = Samples.Model("tiny", Samples.Digest("1"));
        await Assert.ThrowsAsync<ArgumentException>(() => Registry.RegisterModelAsync(model with { Source = " " }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Registry.RegisterModelAsync(model with { License = "" }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Registry.RegisterDataSetAsync(Samples.DataSet(1) with { Source = "" }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Registry.RegisterDataSetAsync(Samples.DataSet(1) with { License = "\t" }, default));
        Assert.Empty(await Registry.ListModelsAsync(default));
        Assert.Empty(await Registry.ListDataSetsAsync(default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a@b")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("ä")]
    public async Task Names_that_could_not_be_referred_to_are_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Registry.RegisterModelAsync(Samples.Model(name, Samples.Digest("1")), default));

    [Theory]
    [InlineData("")]
    [InlineData("sha256:abc")]
    [InlineData("md5:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Malformed_digests_are_refused(string digest) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Registry.RegisterModelAsync(Samples.Model("tiny", new ContentDigest(digest)), default));

    [Fact]
    public async Task A_model_of_an_unknown_run_or_data_set_is_refused_and_named()
    {
        ModelVersion model = Samples.Model("tiny", Samples.Digest("1"));
        ArgumentException run = await Assert.ThrowsAsync<ArgumentException>(() => Registry.RegisterModelAsync(model with { RunId = "r9" }, default));
        Assert.Contains("r9", run.Message, StringComparison.Ordinal);
        ArgumentException data = await Assert.ThrowsAsync<ArgumentException>(() => Registry.RegisterModelAsync(model with { DataSets = [Samples.Digest("d")] }, default));
        Assert.Contains(Samples.Digest("d").Value, data.Message, StringComparison.Ordinal);
        Assert.Empty(await Registry.ListModelsAsync(default));
    }

    [Fact]
    public async Task Lineage_leads_from_a_model_to_its_run_and_data()
    {
        await Registry.RegisterDataSetAsync(Samples.DataSet(1), default);
        await Registry.RegisterDataSetAsync(Samples.DataSet(2), default);
        await Registry.SaveRunAsync(Samples.Run("r1"), default);
        ContentDigest digest = Samples.Digest("m");
        await Registry.RegisterModelAsync(Samples.Model("tiny", digest) with { RunId = "r1", DataSets = [Samples.DataSet(2).Digest, Samples.DataSet(1).Digest] }, default);
        ModelLineage lineage = (await Registry.FindLineageAsync(digest, default))!;
        Assert.Equal("tiny", lineage.Model.Name);
        Assert.Equal("r1", lineage.Run!.Id);
        Assert.Equal([Samples.DataSet(2), Samples.DataSet(1)], lineage.DataSets);
        Assert.Null(await Registry.FindLineageAsync(Samples.Digest("none"), default));
    }

    [Fact]
    public async Task An_import_has_neither_run_nor_data()
    {
        await Registry.RegisterModelAsync(Samples.Model("tiny", Samples.Digest("m")), default);
        ModelLineage lineage = (await Registry.FindLineageAsync(Samples.Digest("m"), default))!;
        Assert.Null(lineage.Run);
        Assert.Empty(lineage.DataSets);
    }

    [Fact]
    public async Task Everything_is_listed_newest_first()
    {
        for (int i = 0; i < 3; i++)
        {
            await Registry.RegisterDataSetAsync(Samples.DataSet(i), default);
            await Registry.SaveRunAsync(Samples.Run("r" + i) with { StartedAt = Samples.Time.AddMinutes(i) }, default);
            await Registry.RegisterModelAsync(Samples.Model("m" + i, Samples.Digest("m" + i)) with { CreatedAt = Samples.Time.AddMinutes(-i) }, default);
        }

        Assert.Equal(["set-2", "set-1", "set-0"], (await Registry.ListDataSetsAsync(default)).Select(set => set.Name));
        Assert.Equal(["r2", "r1", "r0"], (await Registry.ListRunsAsync(default)).Select(run => run.Id));
        Assert.Equal(["m0", "m1", "m2"], (await Registry.ListModelsAsync(default)).Select(model => model.Name));
    }

    [Fact]
    public async Task Registering_a_data_set_again_changes_nothing()
    {
        await Registry.RegisterDataSetAsync(Samples.DataSet(1), default);
        await Registry.RegisterDataSetAsync(Samples.DataSet(1) with { Name = "renamed" }, default);
        Assert.Equal([Samples.DataSet(1)], await Registry.ListDataSetsAsync(default));
    }

    [Fact]
    public async Task Saving_a_run_again_updates_it()
    {
        await Registry.SaveRunAsync(Samples.Run("r1"), default);
        RunRecord finished = Samples.Run("r1") with { Status = "finished", Project = "demo", Model = Samples.Digest("m"), UpdatedAt = Samples.Time.AddHours(1) };
        await Registry.SaveRunAsync(finished, default);
        Assert.Equal([finished], await Registry.ListRunsAsync(default));
    }

    [Fact]
    public async Task A_run_of_unknown_status_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Registry.SaveRunAsync(Samples.Run("r1") with { Status = "paused" }, default));

    [Fact]
    public async Task Runs_are_found_by_id_or_unique_prefix()
    {
        foreach (string id in (string[])["abc", "abcd", "ab_x"])
        {
            await Registry.SaveRunAsync(Samples.Run(id), default);
        }

        Assert.Equal("abc", (await Registry.FindRunAsync("abc", default))!.Id);
        Assert.Equal("abcd", (await Registry.FindRunAsync("abcd", default))!.Id);
        Assert.Equal("ab_x", (await Registry.FindRunAsync("ab_", default))!.Id);
        Assert.Null(await Registry.FindRunAsync("ab", default));
        Assert.Null(await Registry.FindRunAsync("", default));
        Assert.Null(await Registry.FindRunAsync("%", default));
    }
}

public sealed class ModelRegistryOnSqliteTests() : ModelRegistryTests(DatabaseKind.Sqlite);

public sealed class ModelRegistryOnPostgresTests() : ModelRegistryTests(DatabaseKind.Postgres);
