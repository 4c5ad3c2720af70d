"""gugan's tables, as far as an order touches them."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    type_annotation_map = {datetime: TIMESTAMP(timezone=True), int: BigInteger, dict: JSONB, list: JSONB}


class User(Base):
    __tablename__ = "people_users"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]


class Login(Base):
    __tablename__ = "people_sessions"
    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("people_users.id"))
    expires_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


class Answer(Base):
    __tablename__ = "idempotency_keys"
    actor: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[datetime]


class Region(Base):
    __tablename__ = "people_regions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    region_id: Mapped[UUID]
    owner_id: Mapped[UUID | None]
    bill_to_id: Mapped[UUID | None]
    price_tier: Mapped[str]
    payment_terms: Mapped[str]
    credit_limit_fen: Mapped[int]
    return_rate_limit_ppm: Mapped[int | None]
    is_blacklisted: Mapped[bool]


class TemporaryCredit(Base):
    __tablename__ = "customers_temporary_credits"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    amount_fen: Mapped[int]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]


class Product(Base):
    __tablename__ = "orders_products"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    base_unit: Mapped[str]
    packs: Mapped[list]


class Price(Base):
    __tablename__ = "orders_prices"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    region_id: Mapped[UUID | None]
    price_tier: Mapped[str | None]
    product_id: Mapped[UUID]
    unit: Mapped[str]
    floor_price_e4: Mapped[int]
    ceiling_price_e4: Mapped[int | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Exposure(Base):
    __tablename__ = "orders_exposure"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    reserved_fen: Mapped[int]
    unbilled_fen: Mapped[int]
    receivable_fen: Mapped[int]
    credited_fen: Mapped[int]
    received_fen: Mapped[int]
    changed_at: Mapped[datetime]


class Turnover(Base):
    __tablename__ = "orders_turnover"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    delivered_fen: Mapped[int]
    returned_fen: Mapped[int]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    customer_id: Mapped[UUID]
    region_id: Mapped[UUID]
    rep_id: Mapped[UUID]
    entered_by: Mapped[UUID]
    bill_to_id: Mapped[UUID]
    status: Mapped[str]
    total_fen: Mapped[int]
    submitted_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    content_hash: Mapped[str]
    version: Mapped[int]
    lines: Mapped[list["Line"]] = relationship()


class Line(Base):
    __tablename__ = "orders_lines"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    line_no: Mapped[int]
    product_id: Mapped[UUID]
    unit: Mapped[str]
    quantity_thousandths: Mapped[int]
    unit_price_e4: Mapped[int]
    amount_fen: Mapped[int]
    discount_ppm: Mapped[int]


class Event(Base):
    __tablename__ = "settings_events"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    name: Mapped[str]
    actor_id: Mapped[UUID]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    facts: Mapped[dict]
    kind: Mapped[str]
    title: Mapped[str]


class Counter(Base):
    __tablename__ = "settings_counters"
    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int]
