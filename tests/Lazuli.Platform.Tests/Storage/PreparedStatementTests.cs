using CsCheck;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public abstract class PreparedStatementTests(DatabaseKind kind) : IAsyncLifetime
{
    private const string Insert = "INSERT INTO things (id, text, size, body) VALUES (@id, @text, @size, @body)";
    private const string Select = "SELECT id, text, size, body FROM things WHERE id = @id";

    private static readonly MigrationSet s_schema = new("test", 0x54455354,
        [new(1, "first", "CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY, text TEXT, size REAL, body BLOB) STRICT;")]);

    private TemporaryDatabase? _opened;

    protected LazuliDatabase Database => _opened!.Database;

    public async ValueTask InitializeAsync() => _opened = await TemporaryDatabase.OpenAsync(kind, s_schema);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _opened?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Values_come_back_as_they_were_bound() =>
        await Gen.Select(Gen.Long, Gen.String[Gen.Char['a', '\u04ff'], 0, 700], Gen.Double, Gen.Byte.Array[0, 600]).SampleAsync(async (id, text, size, body) =>
        {
            (long Id, string Text, double Size, byte[] Body) found = await Database.WriteAsync(
                t =>
                {
                    t.Prepare("DELETE FROM things").Execute();
                    Assert.Equal(1, t.Prepare(Insert, "id", "text", "size", "body").Bind(0, id).Bind(1, text).Bind(2, size).Bind(3, body).Execute());
                    PreparedStatement select = t.Prepare(Select, "id").Bind(0, id);
                    Assert.True(select.Read());
                    var row = (select.GetInt64(0), select.GetString(1), select.IsNull(2) ? double.NaN : select.GetDouble(2), select.GetBytes(3));
                    Assert.False(select.Read());
                    return row;
                },
                default);
            Assert.Equal(id, found.Id);
            Assert.Equal(text, found.Text);
            Assert.Equal(size, found.Size);
            Assert.Equal(body, found.Body);
        }, iter: 200);

    [Fact]
    public async Task Null_is_null_and_empty_is_not()
    {
        await Database.WriteAsync(
            t =>
            {
                t.Prepare(Insert, "id", "text", "size", "body").Bind(0, 1).Bind(1, (string?)null).BindNull(2).BindNull(3).Execute();
                return t.Prepare(Insert, "id", "text", "size", "body").Bind(0, 2).Bind(1, "").Bind(2, 0.0).Bind(3, ReadOnlySpan<byte>.Empty).Execute();
            },
            default);
        Assert.Equal([1L], await Database.QueryAsync<long>("SELECT id FROM things WHERE text IS NULL AND size IS NULL AND body IS NULL", null, default));
        Assert.Equal([2L], await Database.QueryAsync<long>("SELECT id FROM things WHERE text = '' AND size = 0 AND length(body) = 0", null, default));
    }

    [Fact]
    public async Task A_wrong_name_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Database.WriteAsync(t => t.Prepare(Select, "other"), default));
        await Assert.ThrowsAsync<ArgumentException>(() => Database.WriteAsync(t => t.Prepare(Select), default));
    }

    [Fact]
    public async Task Rows_left_unread_hinder_nobody()
    {
        for (int id = 0; id < 3; id++)
        {
            await Database.WriteAsync(t => t.Prepare(Insert, "id", "text", "size", "body").Bind(0, id).Bind(1, "x").Bind(2, 1.0).Bind(3, [1]).Execute(), default);
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => Database.WriteAsync<int>(
            t =>
            {
                Assert.True(t.Prepare("SELECT id FROM things").Read());
                throw new InvalidDataException();
            },
            default));
        Assert.Equal(3, await Database.WriteAsync(t => t.Prepare("UPDATE things SET size = 2").Execute(), default));
    }

    [Fact]
    public async Task A_failing_statement_can_be_run_again()
    {
        static int One(DatabaseTransaction t, long id) => t.Prepare(Insert, "id", "text", "size", "body").Bind(0, id).Bind(1, "x").Bind(2, 1.0).Bind(3, [1]).Execute();

        await Database.WriteAsync(t => One(t, 1), default);
        StorageFailedException failed = await Assert.ThrowsAsync<StorageFailedException>(() => Database.WriteAsync(t => One(t, 1), default));
        Assert.True(failed.IsConstraint);
        Assert.False(failed.IsTransient);
        Assert.Equal(1, await Database.WriteAsync(t => One(t, 2), default));
    }

    [Fact]
    public async Task Posted_statements_have_run_before_what_is_read_and_before_the_work_is_done()
    {
        long seen = await Database.WriteAsync(
            t =>
            {
                for (long id = 0; id < 10; id++)
                {
                    t.Prepare(Insert, "id", "text", "size", "body").Bind(0, id).Bind(1, "x").Bind(2, 1.0).BindNull(3).Post();
                }

                PreparedStatement count = t.Prepare("SELECT count(*) FROM things");
                Assert.True(count.Read());
                long found = count.GetInt64(0);
                t.Prepare("DELETE FROM things WHERE id = @id", "id").Bind(0, 3).Post();
                Assert.Equal(9, t.Scalar<long>("SELECT count(*) FROM things"));
                t.Prepare("DELETE FROM things WHERE id = @id", "id").Bind(0, 4).Post();
                return found;
            },
            default);
        Assert.Equal(10, seen);
        Assert.Equal([8L], await Database.QueryAsync<long>("SELECT count(*) FROM things", null, default));
    }

    [Fact]
    public async Task A_posted_statement_that_fails_undoes_its_own_work_and_no_other()
    {
        var tasks = new List<Task<int>>();
        using (var gate = new ManualResetEventSlim())
        {
            Task first = await GroupCommitTests.HoldWriterAsync(Database, gate);
            for (int i = 0; i < 10; i++)
            {
                int id = i;
                tasks.Add(Database.WriteAsync(
                    t =>
                    {
                        t.Prepare(Insert, "id", "text", "size", "body").Bind(0, id).Bind(1, "x").Bind(2, 1.0).BindNull(3).Post();
                        t.Prepare(Insert, "id", "text", "size", "body").Bind(0, id % 2 == 0 ? 100 + id : 100).Bind(1, "x").Bind(2, 1.0).BindNull(3).Post();
                        return id;
                    },
                    default));
            }

            gate.Set();
            await first;
        }

        for (int i = 0; i < 10; i++)
        {
            if (i % 2 == 0)
            {
                Assert.Equal(i, await tasks[i]);
            }
            else
            {
                Assert.True((await Assert.ThrowsAsync<StorageFailedException>(() => tasks[i])).IsConstraint);
            }
        }

        Assert.Equal([0L, 2, 4, 6, 8, 100, 102, 104, 106, 108], await Database.QueryAsync<long>("SELECT id FROM things ORDER BY id", null, default));
    }

    [Fact]
    public async Task A_statement_with_rows_cannot_be_posted() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync(
            t =>
            {
                t.Prepare("SELECT id FROM things").Post();
                return 0;
            },
            default));
}

public sealed class PreparedStatementOnPostgresTests() : PreparedStatementTests(DatabaseKind.Postgres);

public sealed class PreparedStatementOnSqliteTests() : PreparedStatementTests(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task Integers_cost_no_allocation()
    {
        const string Count = "SELECT @a + @b";
        long allocated = await Database.WriteAsync(
            t =>
            {
                ThreadAllocations counted = default;
                for (int i = 0; i < 2000; i++)
                {
                    counted = i == 1000 ? ThreadAllocations.Start() : counted;
                    PreparedStatement add = t.Prepare(Count, "a", "b").Bind(0, i).Bind(1, 1L);
                    if (!add.Read() || add.GetInt64(0) != i + 1)
                    {
                        throw new InvalidDataException();
                    }

                    add.Finish();
                }

                return counted.Bytes;
            },
            default);
        Assert.Equal(0, allocated);
    }
}
