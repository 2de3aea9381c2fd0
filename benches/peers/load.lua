-- For wrk: sends the bodies of a file, one a line, over and over in an order that is shuffled once.
--   wrk … -s load.lua URL -- FILE SEED check|run [ENCODINGS]
-- With `check` every answer is looked at, which takes time of its own; with `run` only its status is. Encodings are what
-- Accept-Encoding says, of which every answer must have one; without, it is not sent.

local requests, at = {}, 0
-- Global, for `done` reads it from outside of the thread.
refused = 0

function init(arguments)
    local headers = {["content-type"] = "application/json", ["accept"] = "application/json",
        ["accept-encoding"] = arguments[4]}
    for body in io.lines(arguments[1]) do
        requests[#requests + 1] = wrk.format("POST", nil, headers, body)
    end
    math.randomseed(tonumber(arguments[2]))
    for last = #requests, 2, -1 do
        local other = math.random(last)
        requests[last], requests[other] = requests[other], requests[last]
    end
    if arguments[3] == "check" then
        function response(status, headers, body)
            local encoded = headers["content-encoding"] ~= nil
            if status ~= 200 or encoded ~= (arguments[4] ~= nil) or body:find('"errors":', 1, true) then
                refused = refused + 1
                if refused == 1 then io.stderr:write(status, " ", body:sub(1, 500), "\n") end
            end
        end
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end

local threads = {}
function setup(thread)
    threads[#threads + 1] = thread
end

function done(summary, latency)
    local wrong = summary.errors
    local errors = wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout
    for _, thread in ipairs(threads) do
        errors = errors + (thread:get("refused") or 0)
    end
    io.write(string.format(
        '\nRESULT {"requests": %d, "microseconds": %d, "bytes": %d, "errors": %d, "p50": %d, "p99": %d}\n',
        summary.requests, summary.duration, summary.bytes, errors, latency:percentile(50), latency:percentile(99)))
end
